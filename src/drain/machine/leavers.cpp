#include "src/drain/machine/leavers.hpp"

#include "src/base/pluralize.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::drain {

namespace {

std::string label_with_jobs(const InstanceId& id, const TrackedInstance& instance, Now now) {
    std::string label = label_of(id, instance);
    if (instance.last_count)
        label += fmt::format(
            " with {} {} min before", pluralize(instance.last_count->jobs, "running job"),
            std::max<long>(0, (now.wall - instance.last_count->at) / std::chrono::minutes{1}));
    return label;
}

// Names the first most_names of them, and counts the others.
Notice notice_of(std::size_t count, const std::string& how, std::vector<std::string> names) {
    if (names.size() < count) names.push_back(fmt::format("{} more", count - names.size()));
    return {.what = fmt::format("{} left EC2 {}: {}", pluralize(count, "instance"), how,
                                fmt::join(names, ", ")),
            .important = true};
}

struct Group {
    std::size_t count = 0;
    std::vector<std::string> names;

    void add(std::string name) {
        if (count++ < most_names) names.push_back(std::move(name));
    }
};

} // namespace

std::optional<Leaving> leaving_of(Action action, const TrackedInstance& instance) {
    const bool is_there = exists(instance) || instance.answers_though_gone;
    if (action == Action::wake || !instance.left || is_there) return std::nullopt;
    if (!instance.last_count)
        return claims_success(instance) ? std::nullopt : std::optional(Leaving{});
    if (instance.last_count->jobs == 0) return std::nullopt;
    return Leaving{.jobs = instance.last_count->jobs};
}

std::string words_of_leaving(Action action, const TrackedInstance& instance) {
    const auto leaving = leaving_of(action, instance);
    if (!leaving) return "";
    if (!leaving->jobs) return "; it had not answered yet";
    return "; it was last seen with " + pluralize(*leaving->jobs, "running job");
}

std::vector<Event> notices_of_leavers(const State& state, const std::vector<InstanceId>& left,
                                      Now now) {
    if (!state.may_have_sent) return {};
    int jobs = 0;
    Group with_jobs;
    Group unanswered;
    for (const auto& id : left) {
        const TrackedInstance& instance = state.targets.instances.at(id);
        const auto leaving = leaving_of(state.config.action, instance);
        if (!leaving) continue;
        jobs += leaving->jobs.value_or(0);
        (leaving->jobs ? with_jobs : unanswered).add(label_with_jobs(id, instance, now));
    }
    std::vector<Event> events;
    if (with_jobs.count > 0)
        events.emplace_back(
            notice_of(with_jobs.count,
                      fmt::format("with {}, which may be lost", pluralize(jobs, "running job")),
                      with_jobs.names));
    if (unanswered.count > 0)
        events.emplace_back(notice_of(unanswered.count,
                                      "without an answer, and nobody knows what ran there",
                                      unanswered.names));
    return events;
}

} // namespace snow_white::drain
