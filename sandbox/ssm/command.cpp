#include "sandbox/ssm/command.hpp"

#include <algorithm>
#include <string>

namespace sandbox {

namespace {

// "10" or "10%" of the targets, rounded down.
int count_of_limit(const std::string& limit, int targets) {
    const int number = std::stoi(limit);
    return limit.ends_with('%') ? number * targets / 100 : number;
}

} // namespace

InvocationCounts Command::counts() const {
    InvocationCounts counts;
    for (const auto& invocation : invocations)
        ++counts.of(invocation.status);
    return counts;
}

StatusWords Command::status() const {
    if (!resolved) return {"Pending", "Pending"};
    return command_status(counts(), max_errors());
}

int Command::max_concurrency() const {
    return std::max(1, count_of_limit(request.value("MaxConcurrency", "50"),
                                      static_cast<int>(invocations.size())));
}

int Command::max_errors() const {
    return count_of_limit(request.value("MaxErrors", "0"), static_cast<int>(invocations.size()));
}

} // namespace sandbox
