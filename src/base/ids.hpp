// Ids are their own types: an instance's id cannot be handed over where a command's is wanted.
#pragma once

#include <compare>
#include <cstddef>
#include <string>

namespace snow_white {

template <class Tag> struct Id {
    std::string text;
    auto operator<=>(const Id&) const = default;
};

// The name at the end of an ARN: NAME of arn:aws:iam::123456789012:role/path/NAME.
inline std::string name_in(const std::string& arn) {
    return arn.substr(arn.rfind('/') + 1);
}

using InstanceId = Id<struct InstanceTag>; // i-0123456789abcdef0
using CommandId = Id<struct CommandTag>;   // a UUID
using TaskArn = Id<struct TaskTag>;        // arn:aws:ecs:…:task/CLUSTER/ID

// How many instances one SSM command takes: by their ids, or by so many values of a tag (ssm
// service model, 2014-11-06).
inline constexpr std::size_t ids_a_command = 50;
inline constexpr std::size_t values_a_target = 50;

// How many invocations one page of ListCommandInvocations has at most (the same model).
inline constexpr int invocations_a_page = 50;

} // namespace snow_white
