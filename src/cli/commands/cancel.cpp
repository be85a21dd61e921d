#include "src/cli/commands/cancel_commands.hpp"
#include "src/cli/commands/cancel_tasks.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/drain/run/event_aggregator.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::cli {

namespace {

std::string cancel_hint(const Request& request) {
    const std::string wake = report::command_line(drain::Action::wake, run_info_of(request));
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

struct PlaceLook {
    RegionTarget place;
    CommandCanceller commands;
};

// Whatever is said meanwhile begins with the place's name.
void look(PlaceLook& one, Context& context) {
    context.region_label = one.place.name;
    one.commands.look();
    context.region_label.clear();
}

CommandsSeen seen_by(const std::vector<PlaceLook>& looks) {
    CommandsSeen seen;
    for (const auto& one : looks) {
        if (one.commands.found_ours())
            seen.in_flight.emplace(one.place.region, one.commands.latest_requested());
        if (!one.commands.has_seen()) seen.unknown.insert(one.place.region);
    }
    return seen;
}

void say_that_nothing_is_in_flight(const PlaceLook& one, bool no_task, Context& context) {
    const Request& request = one.commands.request();
    context.region_label = one.place.name;
    print_line(
        context,
        fmt::format("no {} of {} is in flight for environments {} in {}{}: nothing to cancel",
                    name_of(request.action), request.application, report::in_words(request.pattern),
                    request.region(), no_task ? ", and no task of it has been started" : ""));
    context.region_label.clear();
}

// How it ended in each place of a profile, and with each task.
struct Outcome {
    std::vector<ExitCode> ends;
    bool has_asked = false;  // for something to be cancelled
    bool found_none = false; // in a place whose environments were found
};

Outcome cancel_for(const std::string& profile, const Request& request, ProfileSession& session,
                   Context& context) {
    std::vector<PlaceLook> looks;
    for (const auto& place : request.region_targets())
        if (place.profile == profile)
            looks.push_back({place, {session.in(place.region), request.at(place), context}});
    for (auto& one : looks)
        look(one, context);

    Request theirs = request;
    theirs.profiles = {profile};
    context.region_label = request.profiles.size() == 1 ? "" : profile;
    TaskCanceller tasks(session, theirs, context);
    tasks.stop_tasks(seen_by(looks));
    context.region_label.clear();

    Outcome outcome{.ends = tasks.ends(), .has_asked = !tasks.stopped_in().empty()};
    for (auto& one : looks) {
        const bool had_task = tasks.stopped_in().contains(one.place.region);
        if (had_task) look(one, context); // it may have sent after the first look
        outcome.has_asked |= one.commands.cancelled() > 0;
        const ExitCode end = one.commands.result();
        if (end != ExitCode::nothing_matched || tasks.ends().empty()) outcome.ends.push_back(end);
        if (end != ExitCode::nothing_matched || had_task || one.commands.matches_nothing())
            continue;
        outcome.found_none = true;
        say_that_nothing_is_in_flight(one, tasks.found_none(), context);
    }
    return outcome;
}

} // namespace

// One place after the other: what can be cancelled is, whatever stands in the way elsewhere.
ExitCode cancel(const Request& request, Context& context) {
    ProfileSessions sessions(request, context);
    Outcome whole;
    for (const auto& profile : request.profiles) {
        const Outcome part = cancel_for(profile, request, sessions.of(profile), context);
        whole.ends.insert(whole.ends.end(), part.ends.begin(), part.ends.end());
        whole.has_asked |= part.has_asked;
        whole.found_none |= part.found_none;
    }
    if (std::ranges::find(whole.ends, ExitCode::done) != whole.ends.end())
        std::erase(whole.ends, ExitCode::nothing_matched); // nothing to cancel there
    const ExitCode code = drain::combine_verdicts(whole.ends, ExitCode::done, ExitCode::partial,
                                                  ExitCode::nothing_matched);
    if (whole.has_asked) print_line(context, "Cancel requested. " + cancel_hint(request));
    if (code == ExitCode::nothing_matched && whole.found_none)
        print_line(
            context,
            "A run with --here that has not sent its command yet cannot be found: end it where it "
            "runs, with Ctrl-C.");
    return code;
}

} // namespace snow_white::cli
