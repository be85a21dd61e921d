#include "sandbox/ssm/status.hpp"

#include <numeric>

namespace sandbox {

namespace {

// In the order of InvocationStatus.
const std::array<StatusWords, invocation_statuses> status_words{{{"Pending", "Pending"},
                                                                 {"InProgress", "InProgress"},
                                                                 {"Cancelling", "Cancelling"},
                                                                 {"Success", "Success"},
                                                                 {"Failed", "Failed"},
                                                                 {"TimedOut", "ExecutionTimedOut"},
                                                                 {"TimedOut", "DeliveryTimedOut"},
                                                                 {"Cancelled", "Cancelled"},
                                                                 {"Failed", "Undeliverable"},
                                                                 {"Failed", "AccessDenied"},
                                                                 {"Cancelled", "Terminated"}}};

} // namespace

bool is_over(InvocationStatus status) {
    using enum InvocationStatus;
    return status != pending && status != in_progress && status != cancelling;
}

const StatusWords& words_of(InvocationStatus status) {
    return status_words.at(static_cast<std::size_t>(status));
}

int Tally::targets() const {
    return std::accumulate(counts.begin(), counts.end(), 0);
}

int Tally::completed() const {
    using enum InvocationStatus;
    return targets() - of(pending) - of(in_progress) - of(cancelling);
}

StatusWords command_status(const Tally& tally, int max_errors) {
    using enum InvocationStatus;
    if (tally.targets() == 0) return {"Success", "NoInstancesInTag"};
    if (tally.of(cancelling) > 0) return {"Cancelling", "Cancelling"};
    if (tally.of(pending) == tally.targets()) return {"Pending", "Pending"};
    if (tally.completed() < tally.targets()) return {"InProgress", "InProgress"};
    if (tally.of(cancelled) > 0) return {"Cancelled", "Cancelled"};
    // More errors than allowed, or nothing but errors (MaxErrors of 100% allows them all).
    if (tally.errors() > max_errors || tally.errors() == tally.targets()) {
        if (tally.of(failed) > 0) return {"Failed", "Failed"};
        return {"TimedOut", "ExecutionTimedOut"};
    }
    if (tally.of(delivery_timed_out) > 0 && tally.of(delivery_timed_out) >= max_errors)
        return {"TimedOut", "DeliveryTimedOut"};
    // Undeliverable and denied ones do not count, neither for nor against.
    if (tally.of(success) > 0 &&
        tally.of(success) + tally.of(undeliverable) + tally.of(access_denied) == tally.targets())
        return {"Success", "Success"};
    return {"Failed", "Incomplete"};
}

} // namespace sandbox
