// Which script a deployed document runs, and which one belongs to this program. Pure.
#pragma once

#include <string>

namespace snow_white::cli {

struct PinnedScript {
    enum class Source { document, github, s3 };

    std::string sha256; // empty: the document checks no script of ours
    Source source = Source::document;
    std::string commit; // on GitHub
};

// Reads the document's text, JSON or YAML, as cfn/snow-white-cfn.yml writes it, or wrote it before
// documents carried the script.
PinnedScript pinned_script(const std::string& document);

// SHA-256 of the script of the checkout that this program was built from: of the file that
// documents download, or of what they carry, which has neither comments nor indentation.
std::string script_of_this_checkout(PinnedScript::Source source);

} // namespace snow_white::cli
