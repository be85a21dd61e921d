#include "src/drain/run/status_query.hpp"

#include "src/drain/machine/transitions.hpp"
#include "src/drain/run/effect_executor.hpp"

#include <iterator>

namespace snow_white::drain {

namespace {

// Each instance that can answer has, or all commands are over.
bool have_all_answered(const std::vector<CommandProgress>& progress, int silent) {
    CommandProgress sum{.over = true};
    for (const auto& one : progress) {
        sum.targeted += one.targeted;
        sum.completed += one.completed;
        sum.over = sum.over && one.over;
    }
    return sum.over || (sum.targeted > 0 && sum.completed >= sum.targeted - silent);
}

int count_silent(const fleet::FleetSnapshot& fleet) {
    if (!fleet.instances) return 0;
    return static_cast<int>(std::ranges::count_if(*fleet.instances, [](const fleet::Instance& one) {
        return is_down(one.ec2_state) || one.agent == fleet::Agent::lost;
    }));
}

} // namespace

tl::expected<std::vector<InvocationResult>, CallFailure>
ask_workers(aws::Client& client, Clock& clock, const RegionJob& job,
            const fleet::FleetSnapshot& fleet) {
    EffectExecutor executor(client, clock, job, {});
    std::vector<CommandId> commands;
    for (const auto& spec :
         specs_by_environment(Purpose::verify, fleet::names_on_instances(fleet.environments))) {
        const auto sent = executor.call(SendCommand{spec});
        if (!sent) return tl::unexpected(sent.error());
        commands.push_back(*sent);
    }
    const int silent = count_silent(fleet);
    const Duration until = clock.elapsed() + status_patience;
    while (clock.elapsed() < until && !clock.interrupted()) {
        clock.wait(shortest_poll);
        const auto progress = executor.call(PollProgress{commands});
        if (progress && have_all_answered(*progress, silent)) break;
    }
    auto results = executor.call(CollectResults{commands});
    if (!results) return tl::unexpected(results.error());
    std::vector<InvocationResult> all;
    for (auto& one : *results)
        all.insert(all.end(), std::make_move_iterator(one.invocations.begin()),
                   std::make_move_iterator(one.invocations.end()));
    return all;
}

} // namespace snow_white::drain
