#include "src/drain/machine/verification.hpp"

namespace snow_white::drain {

Duration validity(std::size_t instances) {
    return verification_validity + validity_for_each * instances;
}

bool is_valid(const Verification& verification, std::size_t instances, Duration now) {
    return now - verification.released.value_or(verification.begun) < validity(instances);
}

bool is_addressed(const Verification& verification, const InstanceId& id) {
    return verification.scope == Verification::Scope::fleet || verification.refused.contains(id) ||
           std::ranges::any_of(verification.commands, [&id](const OpenCommand& command) {
               return contains(command.spec.instances, id);
           });
}

namespace {

bool covers(const Verification& verification, const InstanceId& id,
            const TrackedInstance& instance) {
    // Without a connection of its agent, an older result says nothing about now.
    if (verification.evidence == Verification::Evidence::action_results)
        return claims_success(instance) && !instance.agent_lost_at;
    return verification.as_asked.contains(id);
}

} // namespace

bool proves_success(const Verification& verification, const Targets& targets, Duration now) {
    if (verification.scope != Verification::Scope::fleet || !verification.complete ||
        !verification.unproven.empty() || !targets.unproven.empty() ||
        !is_valid(verification, targets.instances.size(), now))
        return false;
    if (targets.instances.empty() && !targets.sees_instances)
        return false; // no list has shown any instance
    return std::ranges::all_of(targets.instances, [&](const auto& entry) {
        const auto& [id, instance] = entry;
        return exists(instance) ? covers(verification, id, instance)
                                : !instance.answers_though_gone;
    });
}

} // namespace snow_white::drain
