#include "src/cli/preflight/unchecked.hpp"

#include "src/report/text/pattern_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::cli {

Unchecked::~Unchecked() {
    if (!rights_.empty())
        findings_.warn(fmt::format(
            "not checked: {}; a run does without; the stack's output PreflightPolicyArn "
            "grants it",
            fmt::join(rights_, ", ")));
}

bool Unchecked::take(const aws::Error& error, const std::string& what) {
    if (error.kind == aws::ErrorKind::not_found) return false;
    const bool is_a_right =
        error.code.starts_with("AccessDenied") || error.code == "UnauthorizedOperation";
    if (error.kind == aws::ErrorKind::denied && is_a_right)
        rights_.push_back(fmt::format("{} (right {}:{})", what, error.service, error.action));
    else
        findings_.warn(fmt::format("not checked: {}: {}; try again", what, aws::describe(error)));
    return true;
}

std::string cli(const Request& request, const std::string& region, const std::string& words) {
    return fmt::format("aws {} --region {} --profile {}", words, region,
                       report::shell_word(request.profile()));
}

} // namespace snow_white::cli
