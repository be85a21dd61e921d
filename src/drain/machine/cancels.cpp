#include "src/drain/machine/cancels.hpp"

#include "src/drain/machine/limits.hpp"

namespace snow_white::drain {

namespace {

bool any_cancelled(const OpenCommand& command, const CommandResults& results) {
    return std::ranges::any_of(results.invocations, [&command](const InvocationResult& one) {
        return one.end == Outcome::cancelled && !command.disregarded.contains(one.id);
    });
}

} // namespace

bool is_being_cancelled(const InvocationResult& invocation) {
    return invocation.end == Outcome::cancelled || invocation.detail == "Cancelling"; // SSM's word
}

bool is_cancelled(const OpenCommand& command, const CommandResults& results) {
    const auto goes_on = [](const InvocationResult& one) {
        return one.end == Outcome::pending && !is_being_cancelled(one);
    };
    return any_cancelled(command, results) && std::ranges::none_of(results.invocations, goes_on);
}

void note_cancel(OpenCommand& command, const CommandResults& results, Now now) {
    const bool whole = is_cancelled(command, results);
    if (!whole && !command.in_part_since && any_cancelled(command, results))
        command.in_part_since = now.elapsed;
    // SSM needs some time to cancel it on every instance.
    command.cancelled =
        whole && (!command.in_part_since || now.elapsed < *command.in_part_since + list_lag);
}

} // namespace snow_white::drain
