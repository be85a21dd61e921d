// Eventual consistency: what AWS's lists leave out for a while. An unset function leaves out
// nothing. DescribeInstances that asks by instance id is never late, but EC2 may know a terminated
// instance no more; GetCommandInvocation and the counts of ListCommands are never late. Which list
// lags how, and for how long, is an assumption.
#pragma once

#include "src/base/clock.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace sandbox {

struct Environment;
struct Instance;

// Whether that part of it says so; an unset one does not.
template <class Function, class... Arguments>
bool says(const Function& function, const Arguments&... arguments) {
    return function && function(arguments...);
}

struct Visibility {
    using Instant = snow_white::Instant;

    std::function<bool(const Instance&, Instant now)>
        omits_instance; // DescribeInstances by tag or state
    std::function<bool(const std::string& command, Instant requested, Instant now)> omits_command;
    // ListCommandInvocations; asked once a call and command: how many of its `count` invocations
    // are shown.
    std::function<std::size_t(const std::string& command, Instant requested, Instant now,
                              std::size_t count)>
        invocations_shown;
    // SSM does not know the instance's tags yet: no target of a tag, and no filter by tag finds it.
    std::function<bool(const Instance&)> omits_tags;
    // A terminated instance is still a target of its tags; its invocation waits for an agent until
    // it expires (issue reports; AWS's documentation does not say).
    std::function<bool(const Instance&)> keeps_target;
    // EC2 shows a terminated instance without its tags, and a filter by tag does not find it (EC2
    // User Guide, "Terminate instances": soon afterwards; how soon is an assumption).
    std::function<bool(const Instance&)> loses_tags;
    std::function<bool(const Instance&)> forgets_instance;     // DescribeInstances, by id as well
    std::function<bool(const Instance&)> omits_agent;          // DescribeInstanceInformation
    std::function<bool(const Environment&)> omits_environment; // DescribeEnvironments
    // ListCommandInvocations shows one that has ended as it was while it ran.
    std::function<bool(const std::string& command, const std::string& instance)>
        shows_old_invocation;
    // A page of SSM's lists holds half of what was asked for, and the first one nothing: a page may
    // have fewer than MaxResults, and the end is told by the token alone (API reference).
    bool short_pages = false;
};

} // namespace sandbox
