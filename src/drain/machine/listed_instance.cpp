#include "src/drain/machine/listed_instance.hpp"

#include <utility>

namespace snow_white::drain {

using fleet::Agent;
using fleet::Ec2State;

void set_agent(TrackedInstance& instance, const InstanceId& id, Agent agent, Now now,
               std::vector<Event>& events) {
    if (agent == Agent::unknown) {
        if (instance.agent == Agent::absent) instance.agent = agent; // it may have registered since
        return;
    }
    // SSM's list by tag may omit an instance whose tag SSM does not know yet.
    if (agent == Agent::absent && (instance.agent_confirmed || instance.agent == Agent::online))
        return;
    // SSM may not get the pings of an agent that takes commands.
    if (agent == Agent::lost && instance.answered_at &&
        now.elapsed < *instance.answered_at + ping_interval)
        return;
    instance.agent = agent;
    if (agent == Agent::lost && !instance.agent_lost_at) {
        instance.agent_lost_at = now.elapsed;
        events.emplace_back(
            Notice{label_of(id, instance) + ": its SSM agent has lost the connection"});
    } else if (agent == Agent::online && instance.agent_lost_at) {
        instance.agent_lost_at.reset();
        if (instance.last && instance.last->open) instance.last->doubt = Doubt::read_results;
        events.emplace_back(Notice{label_of(id, instance) + ": its SSM agent answers again"});
    }
}

void set_agent_version(TrackedInstance& instance, const std::string& version) {
    if (version.empty() || version == instance.agent_version) return;
    const bool is_updated = !std::exchange(instance.agent_version, version).empty();
    if (is_updated && instance.last && instance.last->open)
        instance.last->doubt = Doubt::read_results;
}

Duration boot_deadline(const fleet::Instance& seen, bool is_first, Now now) {
    if (!seen.launched) return now.elapsed + (is_first ? Duration{0} : Duration{boot_patience});
    const Duration age = now.wall - *seen.launched;
    if (age >= booting_age) return now.elapsed;
    return now.elapsed +
           std::clamp<Duration>(boot_patience - age, first_seen_patience, boot_patience);
}

bool has_started_anew(const TrackedInstance& before, const fleet::Instance& seen) {
    const bool was_down = before.ec2_state == Ec2State::stopped;
    const bool another_start =
        before.launched && seen.launched && *before.launched != *seen.launched;
    // No list had it before: a command reaches only instances that run when it is sent.
    const bool since_its_command = !before.launched && seen.launched && before.last &&
                                   before.last->requested &&
                                   *seen.launched > *before.last->requested;
    return !is_down(seen.ec2_state) && (was_down || another_start || since_its_command);
}

void start_anew(TrackedInstance& instance, Now now) {
    const std::string environment = instance.environment;
    const auto last = instance.last;
    instance = {.environment = environment};
    if (last && last->open)
        instance.last = LastCommand{.id = last->id, .at = last->at, .requested = last->requested};
    instance.started_anew_at = now.elapsed;
    instance.boot_deadline = now.elapsed + boot_patience;
}

} // namespace snow_white::drain
