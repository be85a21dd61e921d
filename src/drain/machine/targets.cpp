#include "src/drain/machine/targets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::drain {

using fleet::Agent;
using fleet::Ec2State;

Doubt doubt_of(const TrackedInstance& instance) {
    return instance.last ? instance.last->doubt : Doubt::none;
}

std::string label_of(const InstanceId& id, const TrackedInstance& instance) {
    return fmt::format("{} ({})", id.text,
                       instance.environment.empty() ? "environment unknown" : instance.environment);
}

std::string list_names(std::vector<std::string> names) {
    if (names.size() > most_names) {
        const std::size_t others = names.size() - most_names;
        names.resize(most_names);
        names.push_back(fmt::format("{} more", others));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

bool is_gone(const TrackedInstance& instance) {
    return instance.ec2_state == Ec2State::terminating || instance.forgotten_by_ec2;
}

bool exists(const TrackedInstance& instance) {
    return instance.confirmed && !is_gone(instance) && instance.ec2_state != Ec2State::stopped;
}

bool is_booting(const TrackedInstance& instance, Duration now) {
    return exists(instance) && instance.agent == Agent::absent && now < instance.boot_deadline;
}

bool is_unreachable(const TrackedInstance& instance, Duration now) {
    return !exists(instance) || instance.agent == Agent::absent ||
           (instance.agent_lost_at && now >= *instance.agent_lost_at + lost_patience) ||
           (instance.unlisted_since && now >= *instance.unlisted_since + unlisted_patience);
}

bool addressable(const TrackedInstance& instance, Duration now) {
    return exists(instance) && instance.agent != Agent::absent && !instance.agent_lost_at &&
           !instance.unknown_to_ec2_since && // SSM would refuse the whole command
           !is_unreachable(instance, now) && (!instance.not_before || now >= *instance.not_before);
}

bool has_finished(const TrackedInstance& instance, Duration now) {
    return instance.last && !instance.last->open && addressable(instance, now);
}

bool has_stale_command(const TrackedInstance& instance, Duration now) {
    return instance.last && instance.started_anew_at &&
           instance.last->at < *instance.started_anew_at &&
           (!instance.last->open || now >= *instance.started_anew_at + delivery_patience);
}

bool is_awaited(const TrackedInstance& instance, Duration now) {
    return instance.last && instance.last->open && !is_unreachable(instance, now) &&
           !has_stale_command(instance, now);
}

void confirm_agent(TrackedInstance& instance) {
    instance.agent_confirmed = true;
    if (instance.agent == Agent::absent) instance.agent = Agent::online;
}

void note_answer(TrackedInstance& instance, Duration now) {
    confirm_agent(instance);
    instance.answered_at = now;
    if (!instance.agent_lost_at) return;
    instance.agent = Agent::online;
    instance.agent_lost_at.reset();
    if (instance.last && instance.last->open) instance.last->doubt = Doubt::read_results;
}

void forget_patience(TrackedInstance& instance) {
    instance.unclear_since.reset();
    instance.lacking_since.reset();
}

bool claims_success(const TrackedInstance& instance) {
    const Outcome outcome = instance.action_result.outcome;
    return outcome == Outcome::done || outcome == Outcome::already || outcome == Outcome::completed;
}

std::vector<std::string> names_in_scope(const Targets& targets) {
    return names_where(targets, &TargetEnvironment::in_scope);
}

bool is_in_scope(const Targets& targets, const std::string& environment) {
    return std::ranges::any_of(targets.environments, [&](const TargetEnvironment& one) {
        return one.in_scope && one.name == environment;
    });
}

fleet::Previous previous_of(const Targets& targets) {
    fleet::Previous previous{.environments = names_in_scope(targets)};
    for (const auto& [id, instance] : targets.instances) {
        if (!is_gone(instance)) previous.expected.push_back(id);
        // SSM is asked again for the agent of an instance that does not answer.
        if (!instance.agent_lost_at && !instance.unclear_since &&
            (instance.agent_confirmed || instance.agent == Agent::online))
            previous.agent_confirmed.insert(id);
    }
    return previous;
}

} // namespace snow_white::drain
