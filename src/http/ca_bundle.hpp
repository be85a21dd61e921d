// Finds the system's CA certificates. Out: a file's path; empty: libcurl's default is right.
#pragma once

#include <string>

namespace snow_white {

// libcurl's default is Debian's file. A released program also runs on systems that do not have it:
// then this is the first existing file of Amazon Linux and Fedora, openSUSE, Alpine. `root` is
// prepended to all paths, for tests.
std::string other_ca_bundle(const std::string& root = "");

} // namespace snow_white
