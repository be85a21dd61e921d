#include "src/aws/config/config_file.hpp"
#include "src/base/output.hpp"
#include "src/base/text.hpp"
#include "src/cli/input/command_line.hpp"
#include "src/cli/input/container_variables.hpp"
#include "src/cli/input/slack_settings.hpp"
#include "src/cli/input/task_environment.hpp"
#include "src/cli/session/context.hpp"
#include "src/cli/session/progress_view.hpp"
#include "src/report/names.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::cli {

namespace {

std::string usage() {
    std::string text = "usage: snow-white";
    for (const auto& flag : all_flags())
        if (flag.required)
            text += fmt::format(" {} {}", flag.names.front(),
                                flag.argument == "ACTION" ? action_words("|") : flag.argument);
    return text + " [option ...]\n       snow-white -a jobs [-p APP] [option ...]\n"
                  "       snow-white --help shows all options\n";
}

ExitCode refuse(const UsageError& error, Context& context) {
    print_error(context, error.message);
    if (error.show_usage && !context.json) write_text(context.err, usage());
    return ExitCode::usage;
}

// Nobody reads a task's standard error in time, so that Slack gets the error, too.
ExitCode refuse_from_container(const UsageError& error, Context& context) {
    const auto no_id = [] { return std::string(); };
    auto access = usable_slack_access_of(context.environment);
    // With mixed addresses it is not known which server of this machine is the sandbox's.
    const bool is_this_machine =
        access.webhook.starts_with("http://") || access.api_url.starts_with("http://");
    if (is_this_machine && find_mixed_endpoints(context.environment)) access = {};
    const auto slack =
        report::make_slack_notifier(context.http, context.clock, access, {.id = no_id}, {});
    const std::string reason = error.to_slack.empty()
                                   ? "the task was started with a wrong variable; its log names it"
                                   : error.to_slack;
    for (const auto& slack_error : slack->write("Snow White did nothing: " + reason))
        print_error(context, slack_error);
    return refuse(error, context);
}

std::vector<std::string> keys_of(const aws::ProfilesByName& profiles) {
    std::vector<std::string> keys;
    for (const auto& [name, settings] : profiles)
        keys.push_back(name);
    return keys;
}

// A misspelt profile is bad input, not a failure of AWS's.
std::optional<UsageError> check_profile(const Request& request, const Environment& environment) {
    const auto profiles = aws::read_profiles(environment);
    for (const auto& profile : request.profiles) {
        const bool is_there = profiles.by_name.contains(profile);
        if (!is_there && !profiles.problem.empty())
            return UsageError{
                fmt::format("-f: profile \"{}\" was not found: {}", profile, profiles.problem)};
        if (!profiles.unread.empty())
            return UsageError{
                fmt::format("-f: profile \"{}\" may be incomplete: {}", profile, profiles.unread)};
        if (is_there) continue;
        const std::string make_it =
            fmt::format("make it with: aws configure --profile {}", profile);
        return UsageError{fmt::format("-f: there is no profile \"{}\" in {} (there: {}); {}",
                                      profile, profiles.read_from, names_of(profiles),
                                      suggestion(profile, keys_of(profiles.by_name), make_it))};
    }
    return std::nullopt;
}

// RunTask's overrides can set arguments, too. The environment is the only way to say what to do.
ExitCode run_in_container(const std::vector<std::string>& arguments, Context& context) {
    if (!arguments.empty())
        return refuse_from_container(
            {"the container takes no arguments, only variables; start it without a command"},
            context);
    const auto request = parse_container(context.environment);
    if (!request) return refuse_from_container(request.error(), context);
    context.json = request->json;
    return monitor(*request, context);
}

ExitCode run_command(const std::vector<std::string>& arguments, Context& context) {
    if (context.in_container) return run_in_container(arguments, context);
    // An error in the other arguments is JSON, too.
    context.json = std::ranges::find(arguments, "--json") != arguments.end();
    const auto parsed = parse_command_line(arguments, context.environment);
    if (!parsed) return refuse(parsed.error(), context);
    if (const auto* printed = std::get_if<Printed>(&*parsed)) {
        context.json = false; // print the text as it is, without an event
        write_text(context.out, printed->text);
        return ExitCode::done;
    }
    auto request = std::get<Request>(*parsed);
    request.program = context.program;
    request.live_progress =
        (request.mode == Mode::here || request.mode == Mode::wait) && can_be_drawn_on(context);
    if (const auto error = check_profile(request, context.environment))
        return refuse(*error, context);
    if (request.dry_run) return dry_run(request, context);
    if (request.mode == Mode::cancel) return cancel(request, context);
    if (request.mode == Mode::status) return status(request, context);
    if (request.mode == Mode::jobs) return jobs(request, context);
    return request.mode == Mode::here ? monitor(request, context) : launch(request, context);
}

} // namespace

ExitCode run(const std::vector<std::string>& arguments, Context& context) {
    const auto print_end = [&context](ExitCode code) {
        print_json_event(context,
                         {"ended", {{"code", static_cast<int>(code)}, {"name", name_of(code)}}});
        return code;
    };
    try {
        return print_end(run_command(arguments, context));
    } catch (const std::exception& bug) { // main prints it for people
        print_json_event(context, {"error", {{"text", crash_message(bug)}}});
        print_end(ExitCode::internal);
        throw;
    }
}

} // namespace snow_white::cli
