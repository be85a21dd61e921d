#include "sandbox/ssm/status.hpp"

namespace sandbox {

bool is_over(InvocationStatus status) {
    return status != InvocationStatus::pending && status != InvocationStatus::in_progress &&
           status != InvocationStatus::cancelling;
}

std::string status_word(InvocationStatus status) {
    switch (status) {
    case InvocationStatus::execution_timed_out:
    case InvocationStatus::delivery_timed_out:
        return "TimedOut";
    case InvocationStatus::undeliverable:
    case InvocationStatus::access_denied:
        return "Failed";
    case InvocationStatus::terminated:
        return "Cancelled";
    default:
        return detail_word(status);
    }
}

std::string detail_word(InvocationStatus status) {
    switch (status) {
    case InvocationStatus::pending:
        return "Pending";
    case InvocationStatus::in_progress:
        return "InProgress";
    case InvocationStatus::cancelling:
        return "Cancelling";
    case InvocationStatus::success:
        return "Success";
    case InvocationStatus::failed:
        return "Failed";
    case InvocationStatus::execution_timed_out:
        return "ExecutionTimedOut";
    case InvocationStatus::delivery_timed_out:
        return "DeliveryTimedOut";
    case InvocationStatus::cancelled:
        return "Cancelled";
    case InvocationStatus::undeliverable:
        return "Undeliverable";
    case InvocationStatus::access_denied:
        return "AccessDenied";
    case InvocationStatus::terminated:
        return "Terminated";
    }
    return "";
}

void Tally::count(InvocationStatus status) {
    ++targets;
    if (is_over(status)) ++completed;
    if (status != InvocationStatus::pending) ++sent;
    switch (status) {
    case InvocationStatus::cancelling:
        ++cancelling;
        break;
    case InvocationStatus::success:
        ++success;
        break;
    case InvocationStatus::failed:
        ++failed;
        break;
    case InvocationStatus::execution_timed_out:
        ++execution_timed_out;
        break;
    case InvocationStatus::delivery_timed_out:
        ++delivery_timed_out;
        break;
    case InvocationStatus::cancelled:
        ++cancelled;
        break;
    case InvocationStatus::undeliverable:
        ++undeliverable;
        break;
    case InvocationStatus::access_denied:
        ++access_denied;
        break;
    default:
        break;
    }
}

CommandStatus command_status(const Tally& tally, int max_errors) {
    if (tally.targets == 0) return {"Success", "NoInstancesInTag"};
    if (tally.cancelling > 0) return {"Cancelling", "Cancelling"};
    if (tally.sent == 0) return {"Pending", "Pending"};
    if (tally.completed < tally.targets) return {"InProgress", "InProgress"};
    if (tally.cancelled > 0) return {"Cancelled", "Cancelled"};
    // More errors than allowed, or nothing but errors (MaxErrors of 100% allows them all).
    if (tally.errors() > max_errors || tally.errors() == tally.targets) {
        if (tally.failed > 0) return {"Failed", "Failed"};
        return {"TimedOut", "ExecutionTimedOut"};
    }
    if (tally.delivery_timed_out > 0 && tally.delivery_timed_out >= max_errors)
        return {"TimedOut", "DeliveryTimedOut"};
    // Undeliverable and denied ones do not count, neither for nor against.
    if (tally.success > 0 &&
        tally.success + tally.undeliverable + tally.access_denied == tally.targets)
        return {"Success", "Success"};
    return {"Failed", "Incomplete"};
}

} // namespace sandbox
