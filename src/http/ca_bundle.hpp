// Whose certificates are trusted where nobody names a bundle.
#pragma once

#include <string>

namespace snow_white {

// libcurl has Debian's file built in. A program from a release also runs where it is elsewhere:
// empty while Debian's is there, else the first of the others (Amazon Linux and Fedora, openSUSE,
// Alpine) that is. `root`: what the paths lie below; for tests.
std::string other_ca_bundle(const std::string& root = "");

} // namespace snow_white
