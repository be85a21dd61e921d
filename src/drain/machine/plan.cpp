// What is to be done for all instances together, by the rules for each. In: the state. Out: ids,
// commands to send, yes or no.
#include "src/base/chunk.hpp"
#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/cancels.hpp"
#include "src/drain/machine/transitions.hpp"

#include <utility>

namespace snow_white::drain {

namespace {

bool is_deployed_to(const TargetEnvironment& environment) {
    return environment.in_scope && environment.deploying_since.has_value();
}

// A command by tag, or one that names it and was found when no list had it, may have reached it:
// that command's list was never complete. It has not where EC2 started the instance after SSM had
// the command.
bool may_have_been_reached(const State& state, const InstanceId& id,
                           const TrackedInstance& instance, Now now) {
    return !instance.last && std::ranges::any_of(state.commands, [&](const OpenCommand& command) {
        return !command.list_was_whole && now.elapsed < command.since + list_patience &&
               !is_younger(instance, command) &&
               (contains(command.spec.environments, instance.environment) ||
                contains(command.spec.instances, id));
    });
}

bool can_act(const State& state, Now now) {
    const bool pauses = state.send_trouble && now.elapsed < state.send_trouble->not_before;
    return !pauses && !is_cancelled(state);
}

bool needs_command(const State& state, const TrackedInstance& instance, Now now) {
    return addressable(instance, now.elapsed) && need_of(state, instance, now) == Need::act;
}

// Also those whose agent is away: they are asked when it is back.
template <class Predicate> void note_finished_where(State& state, Predicate is_meant) {
    for (const auto& [id, instance] : state.targets.instances)
        if (exists(instance) && instance.last && !instance.last->open && is_meant(instance))
            state.finished_to_verify.insert(id);
}

// SSM reports success, and no instance printed its line: the documents are not ours, and our status
// document would show nothing.
bool no_instance_reported(const Targets& targets) {
    const bool completed = any_instance(targets, [](const TrackedInstance& instance) {
        return instance.action_result.outcome == Outcome::completed;
    });
    return completed && !any_instance(targets, &TrackedInstance::agent_confirmed);
}

} // namespace

RuleContext context_of(const State& state, const TrackedInstance& instance, Now now) {
    return {state.config.action, instance, now.elapsed, state.config.timeout};
}

Need need_of(const State& state, const TrackedInstance& instance, Now now) {
    return rule_for(context_of(state, instance, now)).need;
}

std::vector<InstanceId> instances_to_act_on(const State& state, Now now) {
    if (!can_act(state, now)) return {};
    std::vector<InstanceId> ids;
    for (const auto& [id, instance] : state.targets.instances)
        if (needs_command(state, instance, now) && !may_have_been_reached(state, id, instance, now))
            ids.push_back(id);
    return ids;
}

void note_finished(State& state, const std::vector<CommandId>& commands) {
    note_finished_where(state, [&commands](const TrackedInstance& instance) {
        return contains(commands, instance.last->id);
    });
}

void note_finished(State& state, const std::string& environment) {
    note_finished_where(state, [&environment](const TrackedInstance& instance) {
        return environment.empty() || instance.environment == environment;
    });
}

void note_undelivered(State& state) {
    note_finished_where(state, [](const TrackedInstance& instance) {
        return instance.action_result.outcome == Outcome::unknown && !instance.verified;
    });
}

bool results_may_name_instances(const State& state, Now now) {
    const bool just_sent = std::ranges::any_of(state.commands, [now](const OpenCommand& command) {
        return !command.list_was_whole && now.elapsed < command.since + list_lag;
    });
    return can_act(state, now) &&
           std::ranges::any_of(state.targets.instances, [&](const auto& entry) {
               return needs_command(state, entry.second, now) &&
                      !(just_sent && may_have_been_reached(state, entry.first, entry.second, now));
           });
}

bool results_are_missing(const State& state, Now now) {
    return std::ranges::any_of(state.commands, [now](const OpenCommand& command) {
        return !command.progress.over && !command.list_was_whole &&
               !command.spec.environments.empty() && now.elapsed < command.since + list_patience;
    });
}

std::vector<InstanceId> instances_to_verify_again(const State& state, Now now) {
    bool any_unclear = false;
    auto ids = ids_where(state.targets, [&](const TrackedInstance& instance) {
        const bool needs_verification =
            addressable(instance, now.elapsed) && need_of(state, instance, now) == Need::verify;
        any_unclear = any_unclear || (needs_verification && instance.verified);
        return needs_verification;
    });
    return any_unclear ? ids : std::vector<InstanceId>{};
}

std::vector<InstanceId> ids_of_partial_verification(const State& state, Now now) {
    std::vector<InstanceId> ids;
    std::size_t doubted = 0;
    for (const auto& [id, instance] : state.targets.instances) {
        const bool in_doubt = doubt_of(instance) == Doubt::ask &&
                              is_awaited(instance, now.elapsed) &&
                              addressable(instance, now.elapsed) && ++doubted <= most_in_doubt;
        if (in_doubt ||
            (state.finished_to_verify.contains(id) && has_finished(instance, now.elapsed)))
            ids.push_back(id);
    }
    return ids;
}

std::vector<InstanceId> missed_by_tag(const State& state, Now now) {
    return ids_where(state.targets, [now](const TrackedInstance& instance) {
        return instance.missed_by_tag && addressable(instance, now.elapsed);
    });
}

bool any_needs(const State& state, Need need, Now now) {
    return any_instance(state.targets, [&](const TrackedInstance& instance) {
        return need_of(state, instance, now) == need;
    });
}

bool any_awaited(const State& state, Now now) {
    return any_instance(state.targets, [now](const TrackedInstance& instance) {
        return exists(instance) && is_awaited(instance, now.elapsed);
    });
}

bool any_awaited_in_time(const State& state, Now now) {
    return any_awaited(state, now) && !deadline_passed(state, now);
}

std::vector<CommandSpec> specs_by_environment(Purpose purpose,
                                              const std::vector<std::string>& environments) {
    std::vector<CommandSpec> specs;
    for (auto& names : chunk(environments, max_values_per_target))
        specs.push_back({purpose, std::move(names), {}});
    return specs;
}

std::vector<CommandSpec> specs_by_instance(Purpose purpose, const std::vector<InstanceId>& ids) {
    std::vector<CommandSpec> specs;
    for (auto& some : chunk(ids, max_ids_per_command))
        specs.push_back({purpose, {}, std::move(some)});
    return specs;
}

std::vector<std::string> deploying(const State& state) {
    return names_where(state.targets, is_deployed_to);
}

bool awaits_deploy(const State& state, Duration now) {
    return std::ranges::any_of(state.targets.environments, [now](const auto& environment) {
        return is_deployed_to(environment) && now < *environment.deploying_since + deploy_patience;
    });
}

bool has_status_document(const State& state) {
    return state.config.has_status_document && !no_instance_reported(state.targets);
}

bool deadline_passed(const State& state, Now now) {
    return now.elapsed >= state.config.timeout;
}

bool add_once(std::vector<std::string>& sentences, const std::string& sentence) {
    if (contains(sentences, sentence)) return false;
    sentences.push_back(sentence);
    return true;
}

std::string unproven_workers(const std::string& why) {
    return "what each worker does now (" + why + ")";
}

} // namespace snow_white::drain
