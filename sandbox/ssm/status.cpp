#include "sandbox/ssm/status.hpp"

#include "src/base/enum_names.hpp"

#include <algorithm>
#include <numeric>

namespace sandbox {

namespace {

using enum InvocationStatus;

struct StatusRow {
    InvocationStatus value;
    StatusWords words;
};
constexpr StatusRow status_rows[] = {{pending, {"Pending", "Pending"}},
                                     {in_progress, {"InProgress", "InProgress"}},
                                     {cancelling, {"Cancelling", "Cancelling"}},
                                     {success, {"Success", "Success"}},
                                     {failed, {"Failed", "Failed"}},
                                     {execution_timed_out, {"TimedOut", "ExecutionTimedOut"}},
                                     {delivery_timed_out, {"TimedOut", "DeliveryTimedOut"}},
                                     {cancelled, {"Cancelled", "Cancelled"}},
                                     {undeliverable, {"Failed", "Undeliverable"}},
                                     {access_denied, {"Failed", "AccessDenied"}},
                                     {terminated, {"Cancelled", "Terminated"}}};
static_assert(snow_white::has_all_enumerators(status_rows));

} // namespace

bool is_over(InvocationStatus status) {
    using enum InvocationStatus;
    return status != pending && status != in_progress && status != cancelling;
}

const StatusWords& words_of(InvocationStatus status) {
    return std::ranges::find(status_rows, status, &StatusRow::value)->words;
}

int InvocationCounts::targets() const {
    return std::accumulate(counts.begin(), counts.end(), 0);
}

int InvocationCounts::completed() const {
    using enum InvocationStatus;
    return targets() - of(pending) - of(in_progress) - of(cancelling);
}

StatusWords command_status(const InvocationCounts& counts, int max_errors) {
    using enum InvocationStatus;
    if (counts.targets() == 0) return {"Success", "NoInstancesInTag"};
    if (counts.of(cancelling) > 0) return {"Cancelling", "Cancelling"};
    if (counts.of(pending) == counts.targets()) return {"Pending", "Pending"};
    if (counts.completed() < counts.targets()) return {"InProgress", "InProgress"};
    if (counts.of(cancelled) > 0) return {"Cancelled", "Cancelled"};
    // More errors than allowed, or nothing but errors (MaxErrors of 100% allows them all).
    if (counts.errors() > max_errors || counts.errors() == counts.targets()) {
        if (counts.of(failed) > 0) return {"Failed", "Failed"};
        return {"TimedOut", "ExecutionTimedOut"};
    }
    if (counts.of(delivery_timed_out) > 0 && counts.of(delivery_timed_out) >= max_errors)
        return {"TimedOut", "DeliveryTimedOut"};
    // Undeliverable and denied ones do not count, neither for nor against.
    if (counts.of(success) > 0 &&
        counts.of(success) + counts.of(undeliverable) + counts.of(access_denied) ==
            counts.targets())
        return {"Success", "Success"};
    return {"Failed", "Incomplete"};
}

} // namespace sandbox
