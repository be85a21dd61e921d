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

report::Subject subject_of(const Request& request) {
    return {.application = request.application,
            .pattern = request.pattern,
            .profile = in_a_list(request.profiles),
            .region = in_a_list(request.regions),
            .invoker = {},
            .reason = request.reason,
            .batch = request.batch};
}

bool told_in_json(const Outside& outside, const report::JsonEvent& event) {
    if (!outside.json) return false;
    fmt::print(outside.out, "{}\n", report::in_json(event, outside.clock.now()));
    std::fflush(outside.out);
    return true;
}

std::string said_in_place(const Outside& outside, const std::string& what) {
    return drain::prefix_region(outside.place, what);
}

void say(const Outside& outside, const std::string& line) {
    const std::string said = said_in_place(outside, line);
    if (told_in_json(outside, {"said", {{"text", said}}})) return;
    fmt::print(outside.out, "{}\n", printable(said));
    std::fflush(outside.out);
}

void complain(const Outside& outside, const std::string& what) {
    const std::string said = said_in_place(outside, what);
    if (told_in_json(outside, {"error", {{"text", said}}})) return;
    std::fflush(outside.out);
    fmt::print(outside.err, "snow-white: {}\n", printable(said));
}

drain::Verdict verdict_of(aws::ErrorKind kind) {
    if (kind == aws::ErrorKind::denied || kind == aws::ErrorKind::credentials)
        return drain::Verdict::denied;
    return is_transient(kind) ? drain::Verdict::unavailable : drain::Verdict::refused;
}

ExitCode fail(const aws::Error& error, const std::string& fix, Outside& outside) {
    complain(outside, aws::describe(error) + (fix.empty() ? "" : "; ") + fix);
    return outside.clock.interrupted() ? ExitCode::interrupted : code_of(verdict_of(error.kind));
}

} // namespace snow_white::cli
