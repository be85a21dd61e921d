// A verification: one round of asking every instance what its workers do. In: the commands that it
// sends, and the answers. Out: whether they prove success. proves_success() is the only way to
// Verdict::done. Durations are elapsed time since the run began.
#pragma once

#include "src/drain/machine/targets.hpp"

#include <set>

namespace snow_white::drain {

// A command that this run sent or found, and follows.
struct OpenCommand {
    CommandId id;
    CommandSpec spec;
    Duration since{};                      // when it was sent or found
    std::optional<Instant> requested = {}; // by SSM's clock
    bool ours = false;                     // this run has sent it
    bool cancelled = false;                // somebody cancelled it as a whole
    // Whether the cancel is meant for the whole action; none: it is not cancelled.
    std::optional<bool> cancel_ends_action = {};
    std::optional<Duration> in_part_since = {}; // somebody cancelled it for some instances only
    bool only_ours = true; // each environment and instance that it names is in this run
    int ended_before = 0;  // instances that had finished when it was found: not counted as ours
    int not_awaited = 0;   // by the latest results, instances where it runs and that we ignore
    std::optional<Duration> unknown_since = {}; // SSM has not known it since
    bool found_unread = false;                  // its results could not be read when it was found
    bool list_was_whole = false; // long enough after the send: it reaches nobody else
    bool settled = false;        // it is over, and its results are applied
    // Instances that got another command since, or where somebody cancelled this one.
    std::set<InstanceId> disregarded = {};
    CommandProgress progress = {};
};

// None: null.
template <class Commands> auto* find_command(Commands& commands, const CommandId& id) {
    const auto found = std::ranges::find(commands, id, &OpenCommand::id);
    return found == commands.end() ? nullptr : &*found;
}

// How many instances a purpose's commands reach, and on how many of them they have ended.
struct InstanceCounts {
    int completed = 0;
    int targeted = 0;
    bool operator==(const InstanceCounts&) const = default;
};

struct Verification {
    enum class Scope { fleet, unclear_instances };
    enum class Evidence {
        status_document, // each worker was asked what it does now
        action_results,  // no status document can be used: the results of the action stand
    };

    Scope scope = Scope::fleet;
    Evidence evidence = Evidence::status_document;
    Duration begun{};                  // no answer is older than that
    std::vector<OpenCommand> commands; // their specs say which instances were addressed
    std::set<InstanceId> as_asked;
    std::map<InstanceId, InstanceFinding> not_as_asked; // also those that did not answer
    std::set<InstanceId> refused;      // SSM refused their ids: addressed, and not reached
    std::vector<std::string> unproven; // what it should show and does not, one sentence each
    InstanceCounts counts;             // as reported last
    bool complete = false;             // the answers are applied, as far as they came
    bool confirmed = false;            // Sidekiq's Redis was asked about it
    // The barrier has checked then that all regions' verifications are valid.
    std::optional<Duration> released = {};
};

// All instances are asked; otherwise some, by id.
inline bool is_fleet_wide(const Verification& verification) {
    return verification.scope == Verification::Scope::fleet;
}

// How long a verification of so many instances counts. Workers may be started anew afterwards.
Duration validity(std::size_t instances);
bool is_valid(const Verification& verification, std::size_t instances, Duration now);

// It asked this instance.
bool is_addressed(const Verification& verification, const InstanceId& id);

// It addressed the whole fleet, is complete and still valid, and each instance that exists answered
// that it is as asked.
bool proves_success(const Verification& verification, const Targets& targets, Duration now);

} // namespace snow_white::drain
