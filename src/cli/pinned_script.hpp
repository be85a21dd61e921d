// Which script a deployed document runs, and which one belongs to this program. Pure.
#pragma once

#include <string>

namespace snow_white::cli {

struct PinnedScript {
    std::string sha256; // empty: the document checks no script of ours
    std::string commit; // empty: it is not pulled from a commit on GitHub
};

// Reads the document's text, JSON or YAML, as cfn/snow-white-cfn.yml writes it.
PinnedScript pinned_script(const std::string& document);

// SHA-256 of ssm/snow-white-instance.sh in the checkout that this program was built from.
std::string script_of_this_checkout();

} // namespace snow_white::cli
