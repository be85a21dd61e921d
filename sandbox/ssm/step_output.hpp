// How much of a step's output the API shows. Source: amazon-ssm-agent's tests of its output
// truncation, and the limits of the ssm service model.
#pragma once

#include <string>

namespace sandbox {

inline constexpr std::size_t listed_output_limit =
    2500; // ListCommandInvocations, both streams together
inline constexpr std::size_t standard_output_limit = 24000; // GetCommandInvocation
inline constexpr std::size_t standard_error_limit = 8000;

// Both streams as one text of at most `capacity` bytes; what was cut says so.
std::string joined_output(const std::string& standard_output, const std::string& standard_error,
                          std::size_t capacity);

std::string cut_output(const std::string& standard_output);
std::string cut_error(const std::string& standard_error);

} // namespace sandbox
