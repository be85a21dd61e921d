// One command and its invocations: plain data that progress.cpp moves on and command_answers.cpp
// shows.
#pragma once

#include "sandbox/ssm/status.hpp"
#include "sandbox/world/region_state.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

struct Invocation {
    std::string instance_id;
    std::string instance_name;
    std::size_t place =
        0; // where the world had it last, so that it need not be looked for among thousands
    InvocationStatus status = InvocationStatus::pending;
    std::optional<Instant>
        released; // its turn came: it takes one of the MaxConcurrency places until it ends
    std::optional<Instant> started; // the agent fetched it
    std::optional<Instant> ended;
    bool cancel_delivered = false;    // the agent has heard that it is to be cancelled
    std::unique_ptr<DocumentRun> run; // while it runs and its instance can be reached
    std::vector<StepResult> steps;    // once it has ended
};

struct Command {
    std::string id;
    Json request;    // SendCommand's parameters, as they came
    Json content;    // the document
    Json parameters; // for the run: given ones and defaults
    Instant requested{};
    Instant expires{};
    bool resolved = false; // its targets are known and its invocations can be asked for
    bool over = false;     // nothing will change any more
    std::vector<Invocation> invocations;

    InvocationCounts counts() const;
    StatusWords status() const;
    int max_concurrency() const;
    int max_errors() const;
};

// Brings a command up to `now`: resolves its targets, delivers, collects results, expires.
void progress(Command& command, RegionState& state, Instant now);

// Asks every invocation of it, or those on the given instances, to end.
void cancel(Command& command, const std::vector<std::string>& instance_ids, Instant now);

// As the API shows them.
Json describe_command(const Command& command);
Json describe_invocation(const Command& command, const Invocation& invocation, bool with_details);
// … as it was while it ran: an answer that is older than the one before.
Json describe_old_invocation(const Command& command, const Invocation& invocation,
                             bool with_details);
Json describe_step(const Command& command, const Invocation& invocation,
                   const std::string& plugin_name);

// SSM answers the send first and makes the invocations then: until that moment a command by tag has
// no targets and GetCommandInvocation answers InvocationDoesNotExist. The agent fetches a moment
// later.
inline constexpr Duration targets_known_after{500};
inline constexpr Duration delivered_after{800};

} // namespace sandbox
