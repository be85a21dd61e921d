// Ids as types of their own: an instance's id cannot be passed where a command's is expected. And
// SSM's limits on lists of ids. Source: the ssm service model, 2014-11-06.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <vector>

namespace snow_white {

template <class Tag> struct Id {
    std::string text;
    auto operator<=>(const Id&) const = default;
};

using InstanceId = Id<struct InstanceTag>; // i-0123456789abcdef0
using CommandId = Id<struct CommandTag>;   // a UUID
using TaskArn = Id<struct TaskTag>;        // arn:aws:ecs:…:task/CLUSTER/ID

template <class Tag> std::vector<std::string> texts(const std::vector<Id<Tag>>& ids) {
    std::vector<std::string> all;
    for (const auto& id : ids)
        all.push_back(id.text);
    return all;
}

// The name at the end of an ARN: NAME of arn:aws:iam::123456789012:role/path/NAME.
inline std::string name_of_arn(const std::string& arn) {
    return arn.substr(arn.rfind('/') + 1);
}

// One SSM command targets at most so many instances by their ids, or so many values of one tag.
inline constexpr std::size_t max_ids_per_command = 50;
inline constexpr std::size_t max_values_per_target = 50;

// One page of ListCommandInvocations has at most so many invocations.
inline constexpr int invocations_per_page = 50;

} // namespace snow_white
