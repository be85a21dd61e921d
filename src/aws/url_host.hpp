// What may be said of a URL. Pure.
#pragma once

#include <string>

namespace snow_white::aws {

// The host, and the port where there is one: a path, a query or a password before an @ can be a secret (a
// Slack webhook's path is).
std::string host_of(const std::string& url);

} // namespace snow_white::aws
