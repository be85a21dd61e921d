// Overwrites memory that has held a password or a job's arguments, so that neither stays in the
// process. The compiler cannot leave it out (explicit_bzero(3)).
#pragma once

#include <span>
#include <string>
#include <vector>

#include <string.h> // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not C++'s
#include <strings.h>

namespace snow_white::sidekiq {

inline void wipe(std::span<char> bytes) {
    if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

// Overwrites the whole allocation, and leaves it empty.
inline void wipe(std::string& text) {
    text.resize(text.capacity());
    wipe(std::span<char>(text));
    text.clear();
}

} // namespace snow_white::sidekiq
