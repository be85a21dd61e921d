// Of the steps of one invocation, the one that speaks for it.
#pragma once

#include "src/base/json.hpp"

#include <string>

namespace snow_white::aws {

// The step that runs the script; its name in cfn/snow-white-cfn.yml.
inline constexpr const char* script_step = "workers";

// In: CommandPlugins, in any order: the agent keeps a document's steps in a map (amazon-ssm-agent,
// agent/contracts), and SSM promises none. Out: the output of the step `script_step`; of a document
// without one, of the step that holds an instance line; else of the last. Where that has no
// instance line, and another step has failed (the download; the agent runs the next step all the
// same), that one's own words.
std::string output_that_counts(const Json& steps);

} // namespace snow_white::aws
