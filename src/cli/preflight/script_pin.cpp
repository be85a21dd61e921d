#include "src/cli/preflight/script_pin.hpp"

#include <regex>

namespace snow_white::cli {

namespace {

std::string first_group(const std::string& text, const char* pattern) {
    std::smatch found;
    return std::regex_search(text, found, std::regex(pattern)) ? found[1].str() : "";
}

} // namespace

PinnedScript pinned_script(const std::string& document) {
    const std::string commit = first_group(document, "commitID:([0-9a-f]{40})");
    PinnedScript script{.sha256 = {}, .commit = commit};
    if (document.find("aws:downloadContent") != std::string::npos)
        script.source = commit.empty() ? PinnedScript::Source::s3 : PinnedScript::Source::github;
    // The line for sha256sum -c: the hash, two spaces, the file.
    if (document.find("$sha256  snow-white-instance.sh") != std::string::npos)
        script.sha256 = first_group(document, "sha256=([0-9a-f]{64})");
    else // before documents carried the script
        script.sha256 = first_group(document, "([0-9a-f]{64})  snow-white-instance\\.sh");
    return script;
}

std::string script_of_this_checkout(PinnedScript::Source source) {
    return source == PinnedScript::Source::document ? SNOW_WHITE_EMBEDDED_SHA256
                                                    : SNOW_WHITE_SCRIPT_SHA256;
}

} // namespace snow_white::cli
