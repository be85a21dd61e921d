// What the SSM agent reads out of a document's step before it runs it.
// Source: amazon-ssm-agent 3.3 (framework/docparser/parameters, plugins/pluginutil).
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/wire/shape.hpp"

#include <string>

namespace sandbox {

// {{ name }} in every string of `input`, as text; a string that is nothing else becomes the value
// itself. `parameters`: {name: [values]}, `declared`: the document's `parameters`, which say what
// is a list.
Json replace_parameters(const Json& input, const Json& parameters, const Json& declared);

// How long the step may run. A timeoutSeconds under 5, over 172,800 or not a number is silently
// 3,600.
Duration step_timeout(const Json& step);

// The word after the script's name (quiet, wake, stop, status) in the step's commands; empty when
// the script is not run there. What simulated instances read out of a step in place of running it.
std::string script_action(const Json& step, const Json& parameters);

} // namespace sandbox
