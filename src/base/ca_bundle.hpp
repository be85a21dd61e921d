// The system's CA certificates. Out: a file; empty: none of the known ones exists. A released
// program runs on many systems: Debian, Amazon Linux and Fedora, openSUSE, Alpine, in this order.
#pragma once

#include <string>

namespace snow_white {

// `root` is prepended to all paths, for tests.
std::string system_ca_bundle(const std::string& root = "");

} // namespace snow_white
