// The statuses of an invocation (one command on one instance) and of a command, in AWS's words. On
// the wire StatusDetails has no spaces ("DeliveryTimedOut"), though the documentation writes
// "Delivery Timed Out". Source: "Understanding command statuses" in the Systems Manager user guide,
// and answers seen in public.
#pragma once

#include <array>
#include <string_view>

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

} // namespace sandbox
