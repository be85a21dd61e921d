// Whom a command reaches, and what DescribeInstanceInformation says of the managed instances.
// Failure: AwsError InvalidInstanceId, ValidationException, InvalidFilterKey, InvalidNextToken.
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/world/region_state.hpp"

#include <string>
#include <vector>

namespace sandbox {

// Known to SSM: an agent registered, and the instance exists. A terminated one is still known while
// its agent is marked connection_lost: SSM forgets it some time after EC2 has (issue reports).
bool is_managed(const Instance& instance);

// Managed and running with an agent that is online: a document can start there now.
bool is_reachable(const Instance& instance);

// Whether SSM knows it by a target or filter of that key: "tag:KEY" and the tag's values, or
// "tag-key" and keys.
bool has_tag(const RegionState& state, const Instance& instance, const std::string& key,
             const std::vector<std::string>& values);

// SendCommand's InstanceIds or Targets, checked; throws for the whole call when one id is not
// valid.
void check_targets(const RegionState& state, const Json& parameters);

// The instances meant, in the world's order (for ids: in the order given). Each once.
std::vector<const Instance*> resolve_targets(const RegionState& state, const Json& parameters);

Json describe_instance_information(const RegionState& state, const Json& parameters, Instant now);

} // namespace sandbox
