// Which permissions a call requires: its action and the resources that it is about, with the
// condition keys that go with them. In: a call whose parameters are valid by their shape. Out: at
// least one permission, except for STS (who I am may be asked by everybody; who may assume a role
// is said by the role's trust policy). Source: the services' pages in the Service Authorization
// Reference.
//
// SendCommand is about its document and about each instance that it names or that its tags find, by
// the ARN of EC2. AWS checks the instances of a tag target one by one afterwards and ends theirs as
// AccessDenied; here the call fails as a whole, which shows a missing grant sooner and never grants
// more.
#pragma once

#include "sandbox/policy/statement.hpp"
#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/action_table.hpp"
#include "sandbox/world/region_state.hpp"

#include <functional>
#include <vector>

namespace sandbox {

// What the permissions are read from beside the call: the region that it is for. It outlives the
// function's result.
struct RegionContext {
    const RegionState& state;
    const std::vector<Stack>& stacks;
    // The roles that a task of this definition would be handed, as ARNs.
    std::function<std::vector<std::string>(const std::string& task_definition)> roles_of;
    std::string cluster; // what a call without one means
    // A task's tags, as RunTask was given them: [{key, value}]; none of a task that does not exist.
    std::function<Json(const std::string& task)> tags_of_task;
};

std::vector<RequiredPermission> required_permissions_of(const Call& call,
                                                        const RegionContext& region);

} // namespace sandbox
