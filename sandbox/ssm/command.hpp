// One command and its invocations: plain data that progress.cpp moves on and command_answers.cpp
// shows.
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/world/region_state.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

// The statuses of an invocation (one command on one instance) and of a command, in AWS's words. On
// the wire StatusDetails has no spaces ("DeliveryTimedOut"), though the documentation writes
// "Delivery Timed Out". Source: "Understanding command statuses" in the Systems Manager user guide,
// and answers seen in public.
enum class InvocationStatus {
    pending,
    in_progress,
    cancelling,
    success,
    failed,
    execution_timed_out,
    delivery_timed_out,
    cancelled,
    undeliverable,
    access_denied, // the sender may not send this one a command
    terminated     // MaxErrors was exceeded before it was sent
};

struct StatusWords {
    std::string_view word;   // "TimedOut"
    std::string_view detail; // "ExecutionTimedOut"
};

inline constexpr std::size_t invocation_statuses = 11;

bool is_over(InvocationStatus status);
const StatusWords& words_of(InvocationStatus status);

// How many invocations of a command are in which status.
struct InvocationCounts {
    std::array<int, invocation_statuses> counts{};

    int& of(InvocationStatus status) { return counts.at(static_cast<std::size_t>(status)); }
    int of(InvocationStatus status) const { return counts.at(static_cast<std::size_t>(status)); }
    int targets() const;
    int completed() const;
    int errors() const {
        return of(InvocationStatus::failed) + of(InvocationStatus::execution_timed_out);
    }
};

// Of a command whose targets are known. `max_errors`: how many may fail without the command
// failing.
StatusWords command_status(const InvocationCounts& counts, int max_errors);

struct Invocation {
    std::string instance_id;
    std::string instance_name;
    std::size_t index = 0; // where it was last among the instances: they may be thousands
    InvocationStatus status = InvocationStatus::pending;
    // Its turn came: it takes one of the MaxConcurrency slots until it ends.
    std::optional<Instant> released;
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

// Filters of ListCommands and ListCommandInvocations, and their InstanceId.
// Failure: AwsError InvalidFilterKey, ValidationException.
enum class FilterUse { commands, invocations };

class CommandFilter {
public:
    CommandFilter(const Json& parameters, FilterUse use);

    bool matches(const Command& command) const;
    bool matches(const Command& command, const Invocation& invocation) const;

private:
    bool matches_request(const Command& command) const;

    std::string instance_id_;
    std::string document_;
    std::string status_;
    std::string stage_;
    std::optional<Instant> after_;
    std::optional<Instant> before_;
};

// How much of a step's output the API shows. Source: amazon-ssm-agent's tests of its output
// truncation, and the limits of the ssm service model.
inline constexpr std::size_t listed_output_limit =
    2500; // ListCommandInvocations, both streams together
inline constexpr std::size_t standard_output_limit = 24000; // GetCommandInvocation
inline constexpr std::size_t standard_error_limit = 8000;

// Both streams as one text of at most `capacity` bytes; what was cut says so.
std::string joined_output(const std::string& standard_output, const std::string& standard_error,
                          std::size_t capacity);

std::string cut_output(const std::string& standard_output);
std::string cut_error(const std::string& standard_error);

} // namespace sandbox
