#include "src/cli/cancel_commands.hpp"
#include "src/cli/profile_session.hpp"
#include "src/drain/company.hpp"
#include "src/report/selection_words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::cli {

namespace {

std::string what_stays(const Request& request) {
    const std::string wake = report::command_line(drain::Action::wake, subject_of(request));
    switch (request.action) {
    case drain::Action::quiet:
        return "Workers that are already quiet stay quiet; wake them with: " + wake;
    case drain::Action::stop:
        return "Workers that are already quiet or stopped stay so; wake them with: " + wake;
    case drain::Action::wake:
        break;
    }
    return "Workers that are already awake stay awake; the others stay as they are.";
}

void say_that_nothing_is_in_flight(const Request& request, Outside& outside) {
    say(outside, fmt::format("no {} of {} is in flight for environments {} in {}: nothing to cancel",
                             name_of(request.action), request.application, report::in_words(request.pattern),
                             request.region()));
}

} // namespace

// One place after the other: what can be cancelled is, whatever stands in the way elsewhere.
ExitCode cancel(const Request& request, Outside& outside) {
    ProfileSessions sessions(request, outside);
    std::vector<ExitCode> ends;
    bool cancelled = false;
    in_each_place(request, outside, [&](const Place& place, const Request& there) {
        CommandCanceller commands(sessions.in(place), there, outside);
        commands.look();
        cancelled |= commands.cancelled() > 0;
        ends.push_back(commands.result());
        if (ends.back() == ExitCode::nothing_matched && !commands.matches_nothing())
            say_that_nothing_is_in_flight(there, outside);
    });
    if (cancelled) say(outside, "Cancel requested. " + what_stays(request));
    if (std::ranges::find(ends, ExitCode::done) != ends.end())
        std::erase(ends, ExitCode::nothing_matched); // nothing to cancel there
    return drain::whole_of(ends, ExitCode::done, ExitCode::partial, ExitCode::nothing_matched);
}

} // namespace snow_white::cli
