#include "src/cli/onlooker.hpp"

#include "src/aws/json.hpp"
#include "src/aws/timestamp.hpp"
#include "src/report/json_keys.hpp"

#include <stdexcept>

namespace snow_white::cli {

namespace {

using aws::Json;
using aws::text_of;

constexpr int highest_count = 1 << 24;

template <class Value> Value known(const std::optional<Value>& value) {
    if (!value) throw std::invalid_argument("a word that is not of the format");
    return *value;
}

int count_in(const Json& object, const char* name) {
    const int count = aws::whole_number(object, name);
    if (count < 0 || count > highest_count) throw std::invalid_argument("a number that counts nothing");
    return count;
}

std::size_t size_in(const Json& object, const char* name) {
    return static_cast<std::size_t>(count_in(object, name));
}

Instant time_in(const Json& object, const char* name) {
    return known(aws::parse_timestamp(text_of(object, name)));
}

drain::EnvironmentProgress environment_of(const Json& object) {
    const drain::EnvironmentProgress one{.name = text_of(object, "name"),
                                         .instances = size_in(object, "instances"),
                                         .as_asked = size_in(object, "as_asked"),
                                         .gone = size_in(object, "gone")};
    if (one.as_asked + one.gone > one.instances) throw std::invalid_argument("more than there are");
    return one;
}

drain::UnfinishedInstance straggler_of(const Json& object) {
    drain::UnfinishedInstance one{.id = {text_of(object, "id")},
                                  .environment = text_of(object, "environment"),
                                  .outcome = known(report::outcome_of(text_of(object, "outcome"))),
                                  .since = time_in(object, "since")};
    if (!object.at("jobs").is_null())
        one.heard = drain::JobCount{count_in(object, "jobs"), time_in(object, "heard_at")};
    return one;
}

drain::ProgressSnapshot standing_of(const Json& object) {
    drain::ProgressSnapshot standing{.action = known(drain::parse_action(text_of(object, "action"))),
                                     .stage = known(report::stage_of(text_of(object, "stage"))),
                                     .begun = time_in(object, "begun"),
                                     .deadline = time_in(object, "deadline"),
                                     .completed = count_in(object, "completed"),
                                     .targeted = count_in(object, "targeted"),
                                     .all = environment_of(object.at("all")),
                                     .omitted_environments = size_in(object, "more_environments"),
                                     .jobs = count_in(object, "jobs"),
                                     .heard = size_in(object, "heard")};
    for (const auto& one : object.at("environments"))
        standing.environments.push_back(environment_of(one));
    for (const auto& one : object.at("stragglers"))
        standing.unfinished.push_back(straggler_of(one));
    return standing;
}

} // namespace

bool can_be_drawn_on(const Outside& outside) {
    return !outside.json && outside.environment.get("CI").empty() &&
           report::can_draw(outside.out, outside.environment.get("TERM"));
}

std::unique_ptr<report::LiveView> view_for(const Request& request, const report::Subject& subject,
                                           const Outside& outside) {
    return std::make_unique<report::LiveView>(outside.out, outside.clock, subject, request.action,
                                              outside.environment.get("NO_COLOR").empty());
}

std::optional<drain::ProgressSnapshot> parse_standing(const std::string& line) {
    if (!line.starts_with('{')) return std::nullopt;
    try {
        const auto object = aws::parse_json(line);
        if (!object || text_of(*object, "event") != "standing") return std::nullopt;
        return standing_of(*object);
    } catch (const Json::exception&) {
        return std::nullopt;
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

} // namespace snow_white::cli
