// Ids are their own types: an instance's id cannot be handed over where a command's is wanted.
#pragma once

#include <compare>
#include <string>

namespace snow_white::aws {

template <class Tag> struct Id {
    std::string text;
    auto operator<=>(const Id&) const = default;
};

using InstanceId = Id<struct InstanceTag>; // i-0123456789abcdef0
using CommandId = Id<struct CommandTag>;   // a UUID
using TaskArn = Id<struct TaskTag>;        // arn:aws:ecs:…:task/CLUSTER/ID

} // namespace snow_white::aws
