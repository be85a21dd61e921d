// The instance script's SHA-256. In: a deployed document's text. Out: which script it runs, and
// which one belongs to this program. Pure.
#pragma once

#include <string>

namespace snow_white::cli {

struct PinnedScript {
    enum class Source { document, github, s3 };

    std::string sha256; // empty: the document checks no script of ours
    Source source = Source::document;
    std::string commit; // on GitHub
};

// `document`: its text, JSON or YAML, as cfn/snow-white-cfn.yml writes it, or wrote it before
// documents carried the script.
PinnedScript pinned_script(const std::string& document);

// SHA-256 of the script in the checkout that this program was built from: of the file that
// documents download, or of the text that they carry, without comments and indentation.
std::string script_of_this_checkout(PinnedScript::Source source);

} // namespace snow_white::cli
