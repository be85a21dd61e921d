// Filters of ListCommands and ListCommandInvocations, and their InstanceId.
// Failure: AwsError InvalidFilterKey, ValidationException.
#pragma once

#include "sandbox/ssm/command.hpp"

namespace sandbox {

enum class FilterUse { commands, invocations };

class CommandFilter {
public:
    CommandFilter(const Json& parameters, FilterUse use);

    bool matches(const Command& command) const;
    bool matches(const Command& command, const Invocation& invocation) const;

private:
    bool matches_request(const Command& command) const;

    std::string instance_id_;
    std::string document_;
    std::string status_;
    std::string stage_;
    std::optional<Instant> after_;
    std::optional<Instant> before_;
};

} // namespace sandbox
