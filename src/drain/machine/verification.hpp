// A verification: one round of asking what the workers do. Success is made of such a value, and of
// nothing else: proves_success() is the only way to Verdict::done.
#pragma once

#include "src/drain/machine/targets.hpp"

#include <set>

namespace snow_white::drain {

// A command that is followed.
struct OpenCommand {
    CommandId id;
    CommandSpec spec;
    Duration since{};                           // sent or found
    std::optional<Instant> requested = {};      // by SSM's clock
    bool cancelled = false;                     // somebody wants the action to end
    std::optional<Duration> in_part_since = {}; // it was cancelled for some, and went on elsewhere
    bool only_ours = true; // every environment and instance that it names is ours
    int ended_before =
        0; // instances that it had finished with when it was found: not counted as ours
    int not_awaited = 0; // instances on which it goes on and that nobody waits for, when last read
    std::optional<Duration> unknown_since = {}; // SSM has not known it since
    bool found_unread = false; // what it had done when it was found could not be read
    bool list_was_whole =
        false;            // long enough after the send: whom its list lacks it does not reach
    bool settled = false; // it is over, and its results have been taken in
    std::set<InstanceId> disregarded =
        {}; // told something else since, or cancelled there: it counts no more
    CommandProgress progress = {};
};

// None: null.
template <class Commands> auto* find_command(Commands& commands, const CommandId& id) {
    const auto found = std::ranges::find(commands, id, &OpenCommand::id);
    return found == commands.end() ? nullptr : &*found;
}

struct Verification {
    enum class Scope { fleet, unclear_instances };
    enum class Evidence {
        status_document, // each worker was asked what it does now
        action_results,  // nobody can be asked: what the action's commands said stands
    };

    Scope scope = Scope::fleet;
    Evidence evidence = Evidence::status_document;
    Duration begun{};                  // what an instance answered is no older than that
    std::vector<OpenCommand> commands; // their specs say who was addressed
    std::set<InstanceId> as_asked;
    std::map<InstanceId, InstanceFinding>
        not_as_asked;                  // an instance that did not answer is one of these
    std::set<InstanceId> refused;      // SSM refused their ids: addressed, and not reached
    std::vector<std::string> unproven; // what should have been seen and was not, one sentence each
    bool complete = false;             // the answers are in, as far as they came
    bool released = false; // the barrier has held all regions' verifications to their time
};

// A worker may have been started anew since: what was seen then counts for so long.
Duration validity(std::size_t instances);
bool is_valid(const Verification& verification, std::size_t instances, Duration now);

// It asked this instance.
bool is_addressed(const Verification& verification, const InstanceId& id);

// It is about the whole fleet, complete, still valid, and covers everybody: each instance that
// exists answered that it is as asked, and nobody answered otherwise.
bool proves_success(const Verification& verification, const Targets& targets, Duration now);

} // namespace snow_white::drain
