#include "src/cli/session/context.hpp"

#include "src/base/printable.hpp"
#include "src/drain/run/event_aggregator.hpp"

#include <fmt/format.h>

namespace snow_white::cli {

std::string words_of(const std::exception& bug) {
    constexpr std::size_t enough =
        200; // a library's text can repeat what it was given, and without end
    return "internal error: " + printable(std::string_view(bug.what()).substr(0, enough)) +
           "; please report it";
}

report::RunInfo run_info_of(const Request& request) {
    return {.application = request.application,
            .pattern = request.pattern,
            .profile = in_a_list(request.profiles),
            .region = in_a_list(request.regions),
            .invoker = {},
            .reason = request.reason,
            .batch = request.batch};
}

bool print_json_event(const Context& context, const report::JsonEvent& event) {
    if (!context.json) return false;
    fmt::print(context.out, "{}\n", report::in_json(event, context.clock.now()));
    std::fflush(context.out);
    return true;
}

std::string with_region_label(const Context& context, const std::string& what) {
    return drain::prefix_region(context.region_label, what);
}

void print_line(const Context& context, const std::string& line) {
    const std::string said = with_region_label(context, line);
    if (print_json_event(context, {"said", {{"text", said}}})) return;
    fmt::print(context.out, "{}\n", printable(said));
    std::fflush(context.out);
}

void print_error(const Context& context, const std::string& what) {
    const std::string said = with_region_label(context, what);
    if (print_json_event(context, {"error", {{"text", said}}})) return;
    std::fflush(context.out);
    fmt::print(context.err, "snow-white: {}\n", printable(said));
}

drain::Verdict verdict_of(aws::ErrorKind kind) {
    if (kind == aws::ErrorKind::denied || kind == aws::ErrorKind::credentials)
        return drain::Verdict::denied;
    return is_transient(kind) ? drain::Verdict::unavailable : drain::Verdict::refused;
}

ExitCode fail(const aws::Error& error, const std::string& fix, Context& context) {
    print_error(context, aws::describe(error) + (fix.empty() ? "" : "; ") + fix);
    return context.clock.interrupted() ? ExitCode::interrupted : code_of(verdict_of(error.kind));
}

} // namespace snow_white::cli
