// Reads the objects of --json. An object that lacks a member, or has one of another type, is no
// event.
#include "src/base/json.hpp"
#include "src/base/time_format.hpp"
#include "src/promises/read_event.hpp"
#include "src/report/json/json_reporter.hpp"
#include "src/report/text/text_reporter.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <map>

namespace snow_white::promises {

namespace {

struct Reading {
    Facts facts = Other{};
    std::string text;
};

std::int64_t count_in(const Json& object, const char* name) {
    return whole_number(object, name);
}

std::optional<Duration> seconds_in(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return std::nullopt;
    return std::chrono::seconds{count_in(object, name)};
}

Reading read_matched(const Json& object) {
    const auto& environments = object.at("environments");
    const auto is_qualified = [](const Json& one) {
        // eu-west-1/NAME: EB allows no slash in a name.
        return text_of(one, "name").find('/') != std::string::npos;
    };
    const std::string region = text_of(object, "region");
    const auto regions = static_cast<std::size_t>(std::ranges::count(region, ',')) + 1;
    const bool qualified = std::ranges::any_of(environments, is_qualified);
    Discovered matched{.several = regions > 1 || qualified, .regions = regions};
    if (!object.at("instances").is_null()) matched.instances = count_in(object, "instances");
    return {matched, fmt::format("{} environments match", environments.size())};
}

// With the same text as in a log for people.
Reading read_started(const Json& object) {
    Started started{text_of(object, "action"), object.at("joined").get<bool>(),
                    text_of(object, "place")};
    const auto action = drain::parse_action(started.action);
    drain::CommandStarted event{.id = {text_of(object, "command")}, .adopted = started.adopted};
    event.region_label = started.region_label;
    event.spec.purpose = action ? drain::Purpose::act : drain::Purpose::verify;
    event.spec.environments.resize(object.at("environments").size());
    event.spec.instances.resize(object.at("instances").size());
    const auto lines = report::lines_of(event, {.action = action.value_or(drain::Action::quiet)});
    return {std::move(started), lines.front()};
}

Reading read_advanced(const Json& object) {
    const ProgressCounts counted{count_in(object, "completed"), count_in(object, "targeted")};
    return {counted, fmt::format("{} of {} finished", counted.completed, counted.targeted)};
}

Reading read_standing(const Json& object) {
    const auto begun = parse_timestamp(text_of(object, "begun"));
    const auto deadline = parse_timestamp(text_of(object, "deadline"));
    const auto& all = object.at("all");
    ProgressCounts counted{.completed = count_in(object, "completed"),
                           .targeted = count_in(object, "targeted"),
                           .well = count_in(all, "as_asked") + count_in(all, "gone"),
                           .instances = count_in(all, "instances")};
    if (begun && deadline) {
        counted.begun = begun;
        counted.timeout = *deadline - *begun;
    }
    return {counted, fmt::format("{} of {} are as asked or gone", counted.well, counted.instances)};
}

Reading read_instance(const Json& object) {
    InstanceEnd end{
        text_of(object, "id"), text_of(object, "outcome"), object.at("as_asked").get<bool>(), {}};
    for (const auto& worker : object.at("workers"))
        end.workers.push_back({text_of(worker, "state"), count_in(worker, "busy")});
    return {end, fmt::format("{} {} {}", end.id, end.outcome, text_of(object, "note"))};
}

Reading read_report(const Json& object) {
    ReportEnd end{.action = drain::parse_action(text_of(object, "action")),
                  .verdict = text_of(object, "verdict"),
                  .verified = object.at("verified").get<bool>(),
                  .begun = object.value("begun", true),
                  .instances = count_in(object, "instances"),
                  .elapsed = seconds_in(object, "elapsed_seconds"),
                  .timeout = seconds_in(object, "timeout_seconds")};
    const std::string headline = text_of(object, "headline");
    if (end.action && report::is_headline(headline, *end.action))
        end.headline_is_done = !headline.starts_with("NOT ");
    const auto left = object.find("left"); // instances, with jobs or without an answer
    const bool some_left = left != object.end() && left->is_object() &&
                           (count_in(*left, "with_jobs") > 0 || count_in(*left, "unanswered") > 0);
    end.gives_reason = some_left || !text_of(object, "why").empty() ||
                       !list_in(object, "unverified").empty() ||
                       !list_in(object, "on_pods").empty();
    for (const auto& place : list_in(object, "places"))
        end.regions.push_back(
            {text_of(place, "place"), text_of(place, "verdict"), place.value("begun", true)});
    return {end, text_of(object, "headline")};
}

Reading read_ended(const Json& object) {
    const Ended ended{count_in(object, "code"), text_of(object, "name")};
    return {ended, fmt::format("exit code {}, {}", ended.code, ended.name)};
}

Reading read_text(const Json& object) {
    return {Words{text_of(object, "event") == "noted"}, text_of(object, "text")};
}

const std::map<std::string, std::function<Reading(const Json&)>>& readers() {
    static const auto launch = [](const Json& object) {
        return Reading{Launch{}, text_of(object, "event") + " " + text_of(object, "status")};
    };
    static const std::map<std::string, std::function<Reading(const Json&)>> all{
        {"matched", read_matched},
        {"started", read_started},
        {"advanced", read_advanced},
        {"standing", read_standing},
        {"instance", read_instance},
        {"report", read_report},
        {"ended", read_ended},
        {"noted", read_text},
        {"said", read_text},
        {"error", read_text},
        {"launching", launch},
        {"submitted", launch},
        {"task", launch},
        {"finding", [](const Json& object) {
             return Reading{Finding{}, text_of(object, "text")};
         }}};
    return all;
}

std::optional<Event> read_object(const Json& object) {
    if (!object.is_object() || object.value("v", 0) != report::json_version) return std::nullopt;
    const std::string name = text_of(object, "event");
    const auto at = parse_timestamp(text_of(object, "at"));
    if (name.empty() || !at) return std::nullopt;
    const auto reader = readers().find(name);
    Reading reading = reader == readers().end() ? Reading{} : reader->second(object);
    const std::string text = reading.text.empty() ? name : name + ": " + reading.text;
    return Event{.at = *at,
                 .text = text,
                 .facts = std::move(reading.facts),
                 .in_json = true,
                 .silent = name == "standing"};
}

} // namespace

// A line that is not JSON (not UTF-8, half a character, cut) is recognised by its first bytes.
bool claims_to_be_event(const std::string& object) {
    static const std::string version = fmt::format("{{\"v\":{},\"event\":\"", report::json_version);
    if (!object.starts_with('{')) return false;
    if (const auto json = parse_json(object.substr(0, object.rfind('}') + 1));
        json && json->is_object()) {
        const auto found = json->find("v");
        const bool ours = found != json->end() && (*found == report::json_version ||
                                                   *found == std::to_string(report::json_version));
        return ours && readers().contains(text_of(*json, "event"));
    }
    if (!object.starts_with(version)) return false;
    const auto end = object.find('"', version.size());
    return end != std::string::npos &&
           readers().contains(object.substr(version.size(), end - version.size()));
}

std::optional<Event> read_json(const std::string& object) {
    try {
        const auto json = parse_json(object);
        return json ? read_object(*json) : std::nullopt;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

} // namespace snow_white::promises
