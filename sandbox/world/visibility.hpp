// Eventual consistency: what AWS's lists leave out for a while. An unset function leaves out nothing.
// DescribeInstances that asks by instance id is never late; nor are GetCommandInvocation and the counts of
// ListCommands.
#pragma once

#include "src/clock/clock.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace sandbox {

struct Instance;

struct Visibility {
    using Instant = snow_white::Instant;

    std::function<bool(const Instance&, Instant now)> omits_instance; // DescribeInstances by tag or state
    std::function<bool(const std::string& command, Instant requested, Instant now)> omits_command;
    // ListCommandInvocations; asked once a call and command: how many of its `count` invocations are shown.
    std::function<std::size_t(const std::string& command, Instant requested, Instant now, std::size_t count)>
        invocations_shown;
};

} // namespace sandbox
