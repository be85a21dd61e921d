#include "src/cli/preflight/findings.hpp"

#include "src/report/names.hpp"
#include "src/report/text/pattern_text.hpp"

#include <fmt/ranges.h>

namespace snow_white::cli {

void Findings::print(const std::string& fact) {
    if (!print_json("fact", fact)) print_line(context_, fact);
}

void Findings::warn(const std::string& what) {
    if (!print_json("warning", what)) print_line(context_, "warning: " + what);
}

void Findings::print_fleet(const fleet::FleetSnapshot& fleet, const Request& request) {
    const auto count = fleet.instances ? std::optional(fleet.instances->size()) : std::nullopt;
    report::json_events(
        drain::FleetDiscovered{fleet.environments, count}, run_info_of(request),
        [this](const report::JsonEvent& event) { print_json_event(context_, event); });
}

void Findings::block(ExitCode code, const std::string& what) {
    if (!print_json("blocking", what)) print_error(context_, what);
    if (blocking_++ == 0) result_ = code;
}

void Findings::block(const aws::Error& error, const std::string& hint) {
    const std::string fix =
        error.kind == aws::ErrorKind::denied
            ? "attach the stack's operator policy (output OperatorPolicyArn), correct "
              "CFN_STACK_NAME, or name the region in the stack's WorkerRegions"
        : is_transient(error.kind) ? "try again"
                                   : hint;
    block(code_of(verdict_of(error.kind)), aws::describe(error) + "; " + fix);
}

ExitCode Findings::end() {
    if (context_.clock.interrupted()) {
        print_line(context_, "nothing was sent; interrupted before all was checked");
        return ExitCode::interrupted;
    }
    if (blocking_ == 0)
        print_line(context_, "nothing was sent; nothing prevents the run");
    else
        print_line(context_, "nothing was sent; to fix first: {}", blocking_);
    return result_;
}

bool Findings::print_json(const char* level, const std::string& text) {
    return print_json_event(
        context_, {"finding", {{"level", level}, {"text", with_region_label(context_, text)}}});
}

Unchecked::~Unchecked() {
    if (!rights_.empty())
        findings_.warn(
            "not checked: {}; a run does not need that; the stack's output PreflightPolicyArn "
            "grants it",
            fmt::join(rights_, ", "));
}

bool Unchecked::add(const aws::Error& error, const std::string& what) {
    if (error.kind == aws::ErrorKind::not_found) return false;
    const bool is_a_right =
        error.code.starts_with("AccessDenied") || error.code == "UnauthorizedOperation";
    if (error.kind == aws::ErrorKind::denied && is_a_right)
        rights_.push_back(fmt::format("{} (right {}:{})", what, error.service, error.action));
    else
        findings_.warn("not checked: {}: {}; try again", what, aws::describe(error));
    return true;
}

std::string aws_cli_command(const Request& request, const std::string& region,
                            const std::string& words) {
    return fmt::format("aws {} --region {} --profile {}", words, region,
                       report::shell_word(request.profile()));
}

std::string deploy_command(const Request& request, const std::string& region,
                           const std::string& overrides) {
    const std::string words =
        fmt::format("cloudformation deploy --template-file cfn/snow-white-cfn.yml --stack-name {}",
                    request.stack.name);
    return aws_cli_command(request, region, words) + " --capabilities CAPABILITY_NAMED_IAM" +
           (overrides.empty() ? "" : " --parameter-overrides" + overrides);
}

} // namespace snow_white::cli
