#include "src/report/json/progress_json.hpp"

#include "src/base/json.hpp"
#include "src/base/output.hpp"
#include "src/base/time_format.hpp"
#include "src/report/json/json_reporter.hpp"
#include "src/report/names.hpp"

#include <stdexcept>

namespace snow_white::report {

namespace {

constexpr int highest_count = 1 << 24;

template <class Value> Value known(const std::optional<Value>& value) {
    if (!value) throw std::invalid_argument("a word that is not of the format");
    return *value;
}

int count_in(const Json& object, const char* name) {
    const int count = whole_number(object, name);
    if (count < 0 || count > highest_count)
        throw std::invalid_argument("a number that counts nothing");
    return count;
}

std::size_t size_in(const Json& object, const char* name) {
    return static_cast<std::size_t>(count_in(object, name));
}

Instant time_in(const Json& object, const char* name) {
    return known(parse_timestamp(text_of(object, name)));
}

drain::EnvironmentProgress environment_of(const Json& object) {
    const drain::EnvironmentProgress one{.name = text_of(object, "name"),
                                         .instances = size_in(object, "instances"),
                                         .as_asked = size_in(object, "as_asked"),
                                         .gone = size_in(object, "gone")};
    if (one.as_asked + one.gone > one.instances) throw std::invalid_argument("more than there are");
    return one;
}

drain::UnfinishedInstance unfinished_of(const Json& object) {
    drain::UnfinishedInstance one{.id = {text_of(object, "id")},
                                  .environment = text_of(object, "environment"),
                                  .outcome = known(outcome_of(text_of(object, "outcome"))),
                                  .since = time_in(object, "since")};
    if (!object.at("jobs").is_null())
        one.last_count = drain::JobCount{count_in(object, "jobs"), time_in(object, "heard_at")};
    return one;
}

// Of what a screen shows; lists that are longer than ours are cut.
drain::SidekiqView sidekiq_of(const Json& object) {
    using drain::SidekiqView;
    SidekiqView view{.source = known(sidekiq_source_of(text_of(object, "source"))),
                     .why = text_of(object, "why"),
                     .jobs = count_in(object, "jobs")};
    for (const auto& one : list_in(object, "longest"))
        if (view.longest.size() < SidekiqView::most_jobs)
            view.longest.push_back({text_of(one, "class"), text_of(one, "queue"),
                                    text_of(one, "id"), time_in(one, "started"),
                                    text_of(one, "where")});
    for (const auto& one : list_in(object, "classes"))
        if (view.classes.size() < SidekiqView::most_classes)
            view.classes.push_back({text_of(one, "class"), count_in(one, "jobs")});
    return view;
}

drain::ProgressSnapshot snapshot_of(const Json& object) {
    drain::ProgressSnapshot snapshot{.action =
                                         known(drain::parse_action(text_of(object, "action"))),
                                     .stage = known(stage_of(text_of(object, "stage"))),
                                     .begun = time_in(object, "begun"),
                                     .deadline = time_in(object, "deadline"),
                                     .completed = count_in(object, "completed"),
                                     .targeted = count_in(object, "targeted"),
                                     .all = environment_of(object.at("all")),
                                     .omitted_environments = size_in(object, "more_environments"),
                                     .jobs = count_in(object, "jobs"),
                                     .counted = size_in(object, "heard")};
    for (const auto& one : object.at("environments"))
        snapshot.environments.push_back(environment_of(one));
    for (const auto& one : object.at("stragglers"))
        snapshot.unfinished.push_back(unfinished_of(one));
    if (object.contains("sidekiq")) snapshot.sidekiq = sidekiq_of(object.at("sidekiq"));
    return snapshot;
}

} // namespace

void TaskLogReporter::handle(const drain::Event& event) {
    if (std::holds_alternative<drain::ProgressSnapshot>(event)) {
        json_events(event, run_info_,
                    [this](const JsonEvent& one) { write_line(out_, in_json(one, clock_.now())); });
    }
    TextReporter::handle(event);
}

std::optional<drain::ProgressSnapshot> parse_snapshot(const std::string& line) {
    if (!line.starts_with('{')) return std::nullopt;
    try {
        const auto object = parse_json(line);
        if (!object || text_of(*object, "event") != "standing") return std::nullopt;
        return snapshot_of(*object);
    } catch (const Json::exception&) { // a member is missing, or has another type
        return std::nullopt;
    } catch (const std::invalid_argument&) { // its value is not of the format
        return std::nullopt;
    }
}

} // namespace snow_white::report
