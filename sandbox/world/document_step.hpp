// What the SSM agent reads out of a document's step before it runs it.
// Source: amazon-ssm-agent 3.3.
#pragma once

#include "src/base/clock.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace sandbox {

// How long the step may run. A timeoutSeconds under 5, over 172,800 or not a number is silently
// 3,600.
snow_white::Duration step_timeout(const nlohmann::json& step);

// {{ parameter }} is replaced as text, wherever it stands. `parameters`: {name: [values]}.
std::string with_parameters(std::string text, const nlohmann::json& parameters);

// The word after the script's name (quiet, wake, stop, status) in the step's commands; empty when
// the script is not run there. What simulated instances read out of a step in place of running it.
std::string script_action(const nlohmann::json& step, const nlohmann::json& parameters);

} // namespace sandbox
