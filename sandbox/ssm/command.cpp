#include "sandbox/ssm/command.hpp"

#include <algorithm>
#include <string>

namespace sandbox {

namespace {

// "10" or "10%" of the targets, rounded down.
int share(const std::string& limit, int targets) {
    const int number = std::stoi(limit);
    return limit.ends_with('%') ? number * targets / 100 : number;
}

} // namespace

Tally Command::tally() const {
    Tally tally;
    for (const auto& invocation : invocations)
        ++tally.of(invocation.status);
    return tally;
}

StatusWords Command::status() const {
    if (!resolved) return {"Pending", "Pending"};
    return command_status(tally(), max_errors());
}

int Command::max_concurrency() const {
    return std::max(
        1, share(request.value("MaxConcurrency", "50"), static_cast<int>(invocations.size())));
}

int Command::max_errors() const {
    return share(request.value("MaxErrors", "0"), static_cast<int>(invocations.size()));
}

} // namespace sandbox
