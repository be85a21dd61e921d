// Takes a URL's host, and encodes text for a URL. Pure.
#pragma once

#include <string>

namespace snow_white {

// The host, with its port if there is one. Safe for messages: a path, a query and a password before
// an @ can be secrets (a Slack webhook's path is one).
std::string host_of(const std::string& url);

// For a value of a query or of application/x-www-form-urlencoded; a space becomes %20.
std::string percent_encoded(const std::string& text);

} // namespace snow_white
