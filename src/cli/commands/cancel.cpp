#include "src/cli/commands/cancel_commands.hpp"
#include "src/cli/commands/cancel_tasks.hpp"
#include "src/drain/run/event_aggregator.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>

namespace snow_white::cli {

namespace {

std::string cancel_hint(const Request& request) {
    const std::string wake = report::command_line(drain::Action::wake, run_info_of(request));
    if (request.action == drain::Action::quiet)
        return "Workers that are already quiet stay quiet; wake them with: " + wake;
    if (request.action == drain::Action::stop)
        return "Workers that are already quiet or stopped stay so; wake them with: " + wake;
    return "Workers that are already awake stay awake; the others stay as they are.";
}

struct CancelResult {
    std::vector<ExitCode> codes; // of each region, and of each task that had to be stopped
    bool has_requested = false;  // something was cancelled
    bool found_nothing = false;  // in a region whose environments were found
};

void cancel_for(const std::string& profile, const Request& request, AwsSessions& sessions,
                Context& context, CancelResult& result) {
    const auto is_other = [&profile](const RegionSession& region) {
        return region.target.profile != profile;
    };
    CommandsByRegion commands;
    for (auto& region : sessions.regions())
        if (!is_other(region)) cancel_commands(region, context, commands[region.target.region]);

    Request of_profile = request;
    of_profile.profiles = {profile};
    TasksFound tasks;
    {
        const RegionLabel label(context, request.profiles.size() == 1 ? "" : profile);
        tasks = cancel_tasks(sessions.of(profile), of_profile, commands, context);
    }
    result.codes.insert(result.codes.end(), tasks.codes.begin(), tasks.codes.end());
    result.has_requested |= !tasks.stopped_in.empty();
    for (auto& region : sessions.regions()) {
        if (is_other(region)) continue;
        CommandsFound& found = commands[region.target.region];
        const bool had_task = tasks.stopped_in.contains(region.target.region);
        if (had_task) cancel_commands(region, context, found); // the task may have sent meanwhile
        result.has_requested |= found.cancelled > 0;
        const bool is_empty = found.code() == ExitCode::nothing_matched;
        if (!is_empty || tasks.codes.empty()) result.codes.push_back(found.code());
        if (!is_empty || had_task || found.matches_nothing) continue;
        result.found_nothing = true;
        const bool no_task = tasks.is_listed && tasks.codes.empty();
        const RegionLabel label(context, region.target.name);
        print_line(context,
                   "no {} of {} is in flight for environments {} in {}{}: nothing to cancel",
                   name_of(request.action), request.application, report::in_words(request.pattern),
                   region.target.region, no_task ? ", and no task of it has been started" : "");
    }
}

} // namespace

// One region after the other. An error in one does not keep the others from being cancelled.
ExitCode cancel(const Request& request, Context& context) {
    AwsSessions sessions(request, request.region(), context);
    if (const auto refused = sessions.refuse_same_account(request, context)) return *refused;
    CancelResult result;
    for (const auto& profile : request.profiles)
        cancel_for(profile, request, sessions, context, result);
    if (std::ranges::find(result.codes, ExitCode::done) != result.codes.end())
        std::erase(result.codes, ExitCode::nothing_matched); // nothing to cancel there
    const ExitCode code = drain::combine_verdicts(result.codes, ExitCode::done, ExitCode::partial,
                                                  ExitCode::nothing_matched);
    if (result.has_requested) print_line(context, "Cancel requested. " + cancel_hint(request));
    if (code == ExitCode::nothing_matched && result.found_nothing)
        print_line(
            context,
            "A run with --here that has not sent its command yet cannot be found: end it where it "
            "runs, with Ctrl-C.");
    return code;
}

} // namespace snow_white::cli
