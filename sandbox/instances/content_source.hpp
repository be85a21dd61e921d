// Where aws:downloadContent gets its file from: the agent's source types GitHub and S3, each a
// folder here. Source: amazon-ssm-agent 3.3, plugins/downloadcontent and s3util.
//  - GitHub is this checkout's working tree: `path` is looked up there, whatever the commit asked
//  for.
//  - S3 is a folder with OBJECTS/BUCKET/KEY. The agent lists KEY/ first, takes a refusal of that
//  for a file,
//    and gets the object: s3:GetObject is all that the instance's role needs.
#pragma once

#include "sandbox/instances/booted_host.hpp"

namespace sandbox {

// In: the step's inputs. Failure: std::runtime_error with what the agent would report; never a file
// outside of the folder.
std::filesystem::path source_file(const BootedInstance& instance, const Json& inputs);

} // namespace sandbox
