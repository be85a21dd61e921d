// Parts of a URL. Pure.
#pragma once

#include <string>

namespace snow_white {

// The host, and the port where there is one: a path, a query or a password before an @ can be a
// secret (a Slack webhook's path is).
std::string host_of(const std::string& url);

// The value of a form or a query, as application/x-www-form-urlencoded has it; a space is %20.
std::string percent_encoded(const std::string& text);

} // namespace snow_white
