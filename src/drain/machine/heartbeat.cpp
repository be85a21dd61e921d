// The heartbeat: a notice that says what the run waits for. In: the state. Out: the notice, when
// one is due.
#include "src/drain/machine/transitions.hpp"
#include "src/drain/model/sidekiq_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::drain {

namespace {

// "still waiting for i-1 (acme-workers): its agent may reconnect; and for 2 more"
std::string what_is_awaited(const State& state, Now now) {
    std::string first;
    std::size_t count = 0;
    for (const auto& [id, instance] : state.targets.instances) {
        const Rule& rule = rule_for(context_of(state, instance, now));
        if (rule.need == Need::nothing || rule.need == Need::final) continue;
        if (++count == 1) first = fmt::format("{}: {}", label_of(id, instance), rule.name);
    }
    if (count == 0 && awaits_deploy(state, now.elapsed)) return "still waiting for a deploy to end";
    if (count == 0 && state.watch.unavailable_to_discovery.empty())
        return "still waiting for the answers to the verification";
    if (count == 0)
        return "still waiting for AWS to list " +
               fmt::format("{}", fmt::join(state.watch.unavailable_to_discovery, " and of "));
    return "still waiting for " + first +
           (count > 1 ? fmt::format("; and for {} more", count - 1) : "");
}

// Between two waits at the barrier, and nothing of this region is awaited.
bool awaits_peers(const State& state, Now now) {
    return state.reached_barrier && !state.outage && !any_needs(state, Need::act, now) &&
           !any_needs(state, Need::wait, now) && !awaits_deploy(state, now.elapsed) &&
           instances_to_verify_again(state, now).empty() &&
           state.watch.unavailable_to_discovery.empty();
}

std::string counts_so_far(const State& state, Now now) {
    const auto counts = count_instances(state, Purpose::act);
    const auto left = (state.config.timeout - now.elapsed) / std::chrono::minutes{1};
    const std::string jobs = jobs_text(state.sidekiq.view, now.wall);
    return fmt::format("still {} of {} finished; deadline in {} min{}{}", counts.completed,
                       counts.targeted, left, jobs.empty() ? "" : "; ", jobs);
}

struct HeartbeatText {
    const State& state;
    Now now;

    std::string operator()(const Wait& wait) const {
        const bool counts = wait.purpose == Purpose::act && !deadline_passed(state, now);
        return counts ? counts_so_far(state, now) : what_is_awaited(state, now);
    }
    std::string operator()(const Collect& collect) const {
        if (collect.incomplete_since)
            return "SSM does not list every result of its commands yet; trying again";
        return (*this)(collect.back);
    }
    // The other regions' heartbeats come.
    std::string operator()(const AwaitPeers&) const { return {}; }
    std::string operator()(const Discover&) const {
        return awaits_peers(state, now) ? std::string() : what_is_awaited(state, now);
    }
    template <class Other> std::string operator()(const Other&) const {
        return what_is_awaited(state, now);
    }
};

} // namespace

void add_heartbeat(State& state, Next& next, Now now) {
    if (now.elapsed < state.notices.next_heartbeat || std::holds_alternative<Finish>(next.effect))
        return;
    std::string text = std::visit(HeartbeatText{state, now}, state.phase);
    const auto& outage = state.outage;
    if (text.empty()) {
        // Nor does it say at once what it waits for when it waits for something again.
        if (!outage) state.notices.next_heartbeat = now.elapsed + heartbeat_interval;
        return;
    }
    if (outage && outage->reported && is_current(*outage, now))
        text += "; " + outage_text(*outage, now);
    state.notices.next_heartbeat = now.elapsed + heartbeat_interval;
    next.events.emplace_back(Notice{.what = text, .heartbeat = true});
}

} // namespace snow_white::drain
