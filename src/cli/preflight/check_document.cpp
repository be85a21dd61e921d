#include "src/cli/preflight/check_document.hpp"

#include "src/aws/services/ssm.hpp"

#include <regex>

namespace snow_white::cli {

namespace {

constexpr std::size_t short_hash = 8; // characters, for people

std::string first_group(const std::string& text, const char* pattern) {
    std::smatch found;
    return std::regex_search(text, found, std::regex(pattern)) ? found[1].str() : "";
}

std::string where_it_is(const PinnedScript& script) {
    if (script.source == PinnedScript::Source::github)
        return "on GitHub, commit " + script.commit.substr(0, short_hash);
    return script.source == PinnedScript::Source::s3 ? "in S3" : "in the document itself";
}

std::string update_command(const Request& request, const std::string& region,
                           const PinnedScript& script) {
    const bool is_downloaded = script.source != PinnedScript::Source::document;
    return "update the stack from this checkout: " +
           deploy_command(request, region, is_downloaded ? " ScriptsRevision= ScriptsSha256=" : "");
}

void compare_scripts(const std::string& document, const std::string& text, const Request& request,
                     const std::string& region, Findings& findings) {
    const PinnedScript script = pinned_script(text);
    const std::string ours = script_of_this_checkout(script.source).substr(0, short_hash);
    if (script.sha256.empty())
        return findings.block(
            ExitCode::refused,
            "document {} runs no script checked by its SHA-256, this checkout's is {}; {}",
            document, ours, update_command(request, region, script));
    const std::string theirs =
        fmt::format("{} {}", script.sha256.substr(0, short_hash), where_it_is(script));
    if (script.sha256 == script_of_this_checkout(script.source))
        return findings.print("document {}: script {}, this checkout's", document, theirs);
    findings.block(
        ExitCode::refused,
        "document {} runs script {}, this checkout's is {}; {}; or use the program of that commit",
        document, theirs, ours, update_command(request, region, script));
}

// A run sends the latest version. The console and the older tool name none, and so send the default
// one.
void compare_versions(aws::Client& workers, const std::string& document,
                      const aws::DocumentText& latest, const Request& request, Findings& findings) {
    const auto by_default = aws::get_document(workers, document, aws::default_version);
    if (!by_default)
        findings.warn("which version of the document is the default one: " +
                      aws::describe(by_default.error()));
    else if (by_default->version != latest.version)
        findings.warn(
            "document {}: a run sends its latest version, {}; the default one, which the console "
            "and the older tool send, is {}: {}",
            document, latest.version, by_default->version,
            aws_cli_command(request, workers.region(),
                            fmt::format("ssm update-document-default-version --name {} "
                                        "--document-version {}",
                                        document, latest.version)));
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

void check_document(aws::Client& workers, const std::string& document, const Request& request,
                    Findings& findings) {
    const auto latest = aws::get_document(workers, document, aws::latest_version);
    if (!latest)
        return findings.block(latest.error(), deployment_hint(request.stack, workers.region()));
    compare_scripts(document, latest->text, request, workers.region(), findings);
    compare_versions(workers, document, *latest, request, findings);
}

} // namespace snow_white::cli
