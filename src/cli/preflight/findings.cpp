#include "src/cli/preflight/findings.hpp"

#include "src/report/exit_code.hpp"

#include <fmt/format.h>

namespace snow_white::cli {

void Findings::print(const std::string& fact) {
    if (!told("fact", fact)) cli::print_line(context_, fact);
}

void Findings::warn(const std::string& what) {
    if (!told("warning", what)) cli::print_line(context_, "warning: " + what);
}

void Findings::see(const fleet::FleetSnapshot& fleet, const Request& request) {
    const auto count = fleet.instances ? std::optional(fleet.instances->size()) : std::nullopt;
    report::json_events(
        drain::FleetDiscovered{fleet.environments, count}, run_info_of(request), request.action,
        [this](const report::JsonEvent& event) { print_json_event(context_, event); });
}

void Findings::block(ExitCode code, const std::string& what) {
    if (!told("blocking", what)) print_error(context_, what);
    if (blocking_++ == 0) result_ = code;
}

void Findings::block(const aws::Error& error, const std::string& doubt) {
    const std::string fix =
        error.kind == aws::ErrorKind::denied
            ? "attach the stack's operator policy (output OperatorPolicyArn), correct "
              "CFN_STACK_NAME, or name the region in the stack's WorkerRegions"
        : is_transient(error.kind) ? "try again"
                                   : doubt;
    block(code_of(verdict_of(error.kind)), aws::describe(error) + "; " + fix);
}

ExitCode Findings::end() {
    cli::print_line(context_, blocking_ == 0
                           ? std::string("nothing was sent; nothing stands in the way")
                           : fmt::format("nothing was sent; to put right first: {}", blocking_));
    return result_;
}

bool Findings::told(const char* level, const std::string& what) {
    return print_json_event(
        context_, {"finding", {{"level", level}, {"text", with_region_label(context_, what)}}});
}

} // namespace snow_white::cli
