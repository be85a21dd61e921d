// IAM. In: a user, an instance profile or a role. Out: a user's tag, the profile's role, and the
// actions that the role may not do.
#pragma once

#include "src/aws/client.hpp"

#include <vector>

namespace snow_white::aws {

// The tag's value; empty: the user has no such tag. IAM ignores the case of keys.
Result<std::string> get_user_tag(Client& client, const std::string& user, const std::string& key);

// The ARN of its role; empty: it has none. For --dry-run only, like list_denied_actions.
Result<std::string> get_role_of_profile(Client& client, const std::string& instance_profile);

// The actions that the role's own policies do not grant on that resource ("*": on any). IAM's
// simulator knows neither policies of the resource nor service control policies (IAM API reference,
// SimulatePrincipalPolicy).
Result<std::vector<std::string>> list_denied_actions(Client& client, const std::string& role_arn,
                                                     const std::vector<std::string>& actions,
                                                     const std::string& resource);

} // namespace snow_white::aws
