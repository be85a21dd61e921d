#include "src/drain/run/status_query.hpp"

#include "src/drain/machine/transitions.hpp"
#include "src/drain/run/effect_executor.hpp"

#include <iterator>
#include <map>

namespace snow_white::drain {

namespace {

// By SSM's counts each instance that can answer has, or all commands are over. That is a hint: the
// counts grow at first, and may leave out who cannot answer.
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

// An instance with an agent has not answered. While SSM's counts may still grow, one of which it
// shows nothing is awaited, too.
bool awaits_answers(const std::vector<CommandResults>& results, const fleet::FleetSnapshot& fleet,
                    bool may_grow) {
    std::map<InstanceId, bool> has_answered;
    for (const auto& one : results)
        for (const auto& invocation : one.invocations)
            has_answered[invocation.id] |= invocation.end != InvocationEnd::pending;
    return fleet.instances &&
           std::ranges::any_of(*fleet.instances, [&](const fleet::Instance& one) {
               if (one.ec2_state != fleet::Ec2State::running || one.agent != fleet::Agent::online)
                   return false;
               const auto found = has_answered.find(one.id);
               return found == has_answered.end() ? may_grow : !found->second;
           });
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
    const Duration sent_at = clock.elapsed();
    const Duration until = sent_at + status_patience;
    tl::expected<std::vector<CommandResults>, CallFailure> results;
    for (Duration next_read{};;) {
        clock.wait(shortest_poll);
        const bool is_last = clock.elapsed() >= until || clock.interrupted();
        if (!is_last) {
            const auto progress = executor.call(PollProgress{commands});
            const bool may_be_whole = progress && have_all_answered(*progress, silent);
            if (!may_be_whole || clock.elapsed() < next_read) continue;
        }
        results = executor.call(CollectResults{commands});
        next_read = clock.elapsed() + list_pause; // each reading costs a call for each page
        const bool may_grow = clock.elapsed() < sent_at + list_lag;
        if (is_last || !results || !awaits_answers(*results, fleet, may_grow)) break;
    }
    if (!results) return tl::unexpected(results.error());
    std::vector<InvocationResult> all;
    for (auto& one : *results)
        all.insert(all.end(), std::make_move_iterator(one.invocations.begin()),
                   std::make_move_iterator(one.invocations.end()));
    return all;
}

} // namespace snow_white::drain
