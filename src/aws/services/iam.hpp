// IAM: the tags of a user, the role of an instance, and what a role may do.
#pragma once

#include "src/aws/client.hpp"

#include <vector>

namespace snow_white::aws {

// The tag's value; empty when the user has no such tag. Keys are compared as IAM does: case does
// not count.
Result<std::string> get_user_tag(Client& client, const std::string& user, const std::string& key);

// The ARN of its role; empty: it has none. For --dry-run only, as the next one.
Result<std::string> get_role_of_profile(Client& client, const std::string& instance_profile);

// Those of the actions that the role's own policies do not grant on that resource ("*": on any).
// IAM's simulator knows no policy of the resource itself and no service control policy (IAM API
// reference, SimulatePrincipalPolicy).
Result<std::vector<std::string>> list_denied_actions(Client& client, const std::string& role_arn,
                                                     const std::vector<std::string>& actions,
                                                     const std::string& resource);

} // namespace snow_white::aws
