// The statuses of an invocation (one command on one instance) and of a command, in AWS's words. On
// the wire StatusDetails has no spaces ("DeliveryTimedOut"), though the documentation writes
// "Delivery Timed Out". Source: "Understanding command statuses" in the Systems Manager user guide,
// and answers seen in public.
#pragma once

#include <string>

namespace sandbox {

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

bool is_over(InvocationStatus status);
std::string status_word(InvocationStatus status); // "TimedOut"
std::string detail_word(InvocationStatus status); // "ExecutionTimedOut"

// How many invocations of a command are in which status.
struct Tally {
    int targets = 0;
    int completed = 0;
    int sent = 0; // to an instance, whatever became of it
    int cancelling = 0;
    int success = 0;
    int failed = 0;
    int execution_timed_out = 0;
    int delivery_timed_out = 0;
    int cancelled = 0;
    int undeliverable = 0;
    int access_denied = 0;

    void count(InvocationStatus status);
    int errors() const { return failed + execution_timed_out; }
};

struct CommandStatus {
    std::string word;
    std::string detail;
};

// Of a command whose targets are known. `max_errors`: how many may fail without the command
// failing.
CommandStatus command_status(const Tally& tally, int max_errors);

} // namespace sandbox
