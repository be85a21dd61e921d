// IAM: the tags of a user.
#pragma once

#include "src/aws/client.hpp"

namespace snow_white::aws {

// The tag's value; empty when the user has no such tag. Keys are compared as IAM does: case does not count.
Result<std::string> get_user_tag(Client& client, const std::string& user, const std::string& key);

} // namespace snow_white::aws
