// --dry-run: the SSM document that a run would send. In: its name. Out: findings. A script that is
// not this checkout's prevents a run; a default version that is not the latest is a warning.
#pragma once

#include "src/aws/client.hpp"
#include "src/cli/preflight/findings.hpp"

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
// documents download, or of the text that they carry, without comments and long names.
std::string script_of_this_checkout(PinnedScript::Source source);

// `document`: its physical name in the request's stack.
void check_document(aws::Client& workers, const std::string& document, const Request& request,
                    Findings& findings);

} // namespace snow_white::cli
