#include "src/drain/machine/leavers.hpp"

#include "src/base/pluralize.hpp"

#include <fmt/format.h>

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

Notice notice_of(const std::vector<std::string>& names, const std::string& how) {
    return {.what = fmt::format("{} left EC2 {}: {}", pluralize(names.size(), "instance"), how,
                                list_names(names)),
            .important = true};
}

} // namespace

std::optional<Leaving> leaving_of(Action action, const TrackedInstance& instance) {
    const bool is_there = exists(instance) || instance.answers_though_gone;
    if (action == Action::wake || !instance.left || is_there) return std::nullopt;
    if (!instance.last_count)
        return claims_success(instance) ? std::nullopt : std::optional(Leaving{});
    if (instance.last_count->jobs == 0) return std::nullopt;
    return Leaving{.jobs = instance.last_count->jobs};
}

std::string leaving_text(Action action, const TrackedInstance& instance) {
    const auto leaving = leaving_of(action, instance);
    if (!leaving) return "";
    if (!leaving->jobs) return "; it had not answered yet";
    return "; it was last seen with " + pluralize(*leaving->jobs, "running job");
}

std::vector<Event> notices_of_leavers(const State& state, const std::vector<InstanceId>& left,
                                      Now now) {
    if (!state.may_have_sent) return {};
    int jobs = 0;
    std::vector<std::string> with_jobs;
    std::vector<std::string> unanswered;
    for (const auto& id : left) {
        const TrackedInstance& instance = state.targets.instances.at(id);
        const auto leaving = leaving_of(state.config.action, instance);
        if (!leaving) continue;
        jobs += leaving->jobs.value_or(0);
        (leaving->jobs ? with_jobs : unanswered).push_back(label_with_jobs(id, instance, now));
    }
    std::vector<Event> events;
    if (!with_jobs.empty())
        events.emplace_back(
            notice_of(with_jobs, "with " + pluralize(jobs, "running job") + ", which may be lost"));
    if (!unanswered.empty())
        events.emplace_back(
            notice_of(unanswered, "without an answer; what ran there is not known"));
    return events;
}

} // namespace snow_white::drain
