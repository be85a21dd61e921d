#include "src/cli/pinned_script.hpp"

#include <regex>

namespace snow_white::cli {

namespace {

std::string first_group(const std::string& text, const char* pattern) {
    std::smatch found;
    return std::regex_search(text, found, std::regex(pattern)) ? found[1].str() : "";
}

} // namespace

PinnedScript pinned_script(const std::string& document) {
    // As sha256sum -c reads it: the hash, two spaces, the file.
    return {.sha256 = first_group(document, "([0-9a-f]{64})  snow-white-instance\\.sh"),
            .commit = first_group(document, "commitID:([0-9a-f]{40})")};
}

std::string script_of_this_checkout() {
    return SNOW_WHITE_SCRIPT_SHA256; // src/CMakeLists.txt
}

} // namespace snow_white::cli
