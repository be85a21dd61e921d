#include "src/cli/session/context.hpp"

#include "src/base/output.hpp"
#include "src/base/printable.hpp"
#include "src/drain/run/event_aggregator.hpp"

namespace snow_white::cli {

namespace {

std::string mode_option(const Request& request) {
    if (request.mode == Mode::here) return "--here";
    return request.waits || request.mode == Mode::wait ? "--wait" : "";
}

// As it can be typed: "90s", "45m", "6h".
std::string duration_text(std::chrono::seconds duration) {
    if (duration % std::chrono::hours{1} == std::chrono::seconds{0})
        return fmt::format("{}h", duration / std::chrono::hours{1});
    if (duration % std::chrono::minutes{1} == std::chrono::seconds{0})
        return fmt::format("{}m", duration / std::chrono::minutes{1});
    return fmt::format("{}s", duration.count());
}

} // namespace

std::string crash_message(const std::exception& bug) {
    constexpr std::size_t limit = 200; // bytes: a library's text can repeat any input
    return "internal error: " + printable(std::string_view(bug.what()).substr(0, limit)) +
           "; please report it";
}

report::RunInfo run_info_of(const Request& request, const std::string& invoker,
                            std::optional<Instant> started) {
    report::RunInfo info{
        .application = request.application,
        .pattern = request.pattern,
        .profile = comma_list(request.profiles),
        .region = comma_list(request.regions),
        .invoker = invoker,
        .reason = request.reason,
        .batch = request.batch,
        .action = request.action,
        .program = request.program,
        .mode = mode_option(request),
        .typed_timeout = request.timeout == default_timeout ? "" : duration_text(request.timeout),
        .strict = request.strict,
        .slack_user = request.slack_user};
    if (started) {
        info.deadline = *started + request.timeout;
        info.timeout = request.timeout;
    }
    return info;
}

bool print_json_event(const Context& context, const report::JsonEvent& event) {
    if (!context.json) return false;
    write_line(context.out, report::in_json(event, context.clock.now()));
    return true;
}

std::string with_region_label(const Context& context, const std::string& text) {
    return drain::prefix_region(context.region_label, text);
}

void print_line(const Context& context, const std::string& line) {
    const std::string text = with_region_label(context, line);
    if (print_json_event(context, {"said", {{"text", text}}})) return;
    write_line(context.out, printable(text));
}

void print_error(const Context& context, const std::string& message) {
    const std::string text = with_region_label(context, message);
    if (print_json_event(context, {"error", {{"text", text}}})) return;
    std::fflush(context.out);
    write_line(context.err, "snow-white: " + printable(text));
}

drain::Verdict verdict_of(aws::ErrorKind kind) {
    if (kind == aws::ErrorKind::denied || kind == aws::ErrorKind::credentials)
        return drain::Verdict::denied;
    return is_transient(kind) ? drain::Verdict::unavailable : drain::Verdict::refused;
}

std::string fix_for_identity(const aws::Error& error, const std::string& profile) {
    if (verdict_of(error.kind) == drain::Verdict::denied)
        return "check the credentials of profile " + profile;
    return is_transient(error.kind) ? "AWS was not reached; try again" : "see what AWS says";
}

bool names_stack(const aws::Error& error) {
    return error.action == "DescribeStackResource" || error.action == "DescribeTaskDefinition";
}

ExitCode fail(const aws::Error& error, const std::string& fix, Context& context) {
    print_error(context, aws::describe(error) + (fix.empty() ? "" : "; ") + fix);
    return context.clock.interrupted() ? ExitCode::interrupted : code_of(verdict_of(error.kind));
}

} // namespace snow_white::cli
