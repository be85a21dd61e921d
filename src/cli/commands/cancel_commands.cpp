#include "src/cli/commands/cancel_commands.hpp"

#include "src/aws/services/cloudformation.hpp"
#include "src/aws/services/ec2.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/fleet/discovery.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

constexpr const char* nothing_cancelled = "nothing was cancelled";

} // namespace

void CommandCanceller::look() {
    ++looks_;
    const auto fleet = look_for_targets();
    if (!fleet) return fail_with(fleet.error(), nothing_cancelled);
    const bool matched = !fleet->environments.empty();
    const auto in_flight = find_in_flight();
    if (!in_flight && matched)
        return fail_with(in_flight.error(),
                         in_flight.error().kind == aws::ErrorKind::invalid
                             ? deployment_hint(request_.stack, request_.region()) + " " +
                                   nothing_cancelled
                             : nothing_cancelled);
    if (matched && !fleet->instances)
        miss(fleet->unseen, "commands to single instances were not looked for");
    if (in_flight) {
        const auto gone = find_gone(*in_flight, *fleet);
        for (const auto& command : *in_flight)
            take(command, scope_of(command.targets, *fleet, gone));
    }
    if (!matched && !found_ours_ && !trouble_) tell_that_nothing_matches();
}

ExitCode CommandCanceller::result() const {
    if (trouble_) return *trouble_;
    return cancelled_ > 0 ? ExitCode::done : ExitCode::nothing_matched;
}

aws::Result<fleet::FleetSnapshot> CommandCanceller::look_for_targets() {
    auto fleet = fleet::discover(workers_, {request_.application, request_.pattern});
    if (!fleet || fleet->environments.empty() || !fleet->instances) return fleet;
    auto leaving =
        aws::describe_instances(workers_, names_of(fleet->environments), aws::Ec2States::leaving);
    if (!leaving) return tl::unexpected(leaving.error());
    for (auto& instance : *leaving)
        fleet->instances->push_back({.id = std::move(instance.id)});
    return fleet;
}

aws::Result<std::vector<aws::CommandSummary>> CommandCanceller::find_in_flight() {
    const auto document = aws::get_physical_id(workers_, request_.stack.name,
                                               request_.stack.document_of(request_.action));
    if (!document) return tl::unexpected(document.error());
    return aws::list_executing_commands(workers_, *document);
}

std::set<std::string> CommandCanceller::find_gone(const std::vector<aws::CommandSummary>& commands,
                                                  const fleet::FleetSnapshot& fleet) {
    std::set<std::string> named;
    for (const auto& command : commands)
        if (command.targets.tag == fleet::environment_tag)
            for (const auto& name : command.targets.values)
                if (request_.pattern.matches(name)) named.insert(name);
    for (const auto& environment : fleet.environments)
        named.erase(environment.name);
    if (named.empty()) return named;
    const auto all = aws::describe_all_environments(workers_);
    if (!all) {
        miss({aws::describe(all.error())},
             fmt::format("{}: whether they still exist is not known", fmt::join(named, ", ")));
        return {};
    }
    // Elastic Beanstalk names a terminated one for an hour yet.
    for (const auto& one : *all)
        if (one.status != "Terminated" || one.application != request_.application)
            named.erase(one.name);
    return named;
}

// What is not ours alone is named and left.
void CommandCanceller::take(const aws::CommandSummary& command, Scope scope) {
    if (scope == Scope::none || !taken_.insert(command.id).second) return;
    if (scope == Scope::wider) return leave(command);
    found_ours_ = true;
    latest_requested_ = std::max(latest_requested_, command.requested);
    cancel(command);
}

void CommandCanceller::cancel(const aws::CommandSummary& command) {
    const auto done = aws::cancel_command(workers_, command.id);
    if (!done) return fail_with(done.error(), fmt::format("command {} goes on", command.id.text));
    ++cancelled_;
    const report::OrderedJson event{{"action", name_of(request_.action)},
                                    {"command", command.id.text},
                                    {"targets", in_words(command.targets)},
                                    {"completed", command.completed},
                                    {"targeted", command.targeted}};
    if (print_json_event(context_, {"cancelled", event})) return;
    print_line(context_,
               fmt::format("cancelled {} command {} for {} ({} of {} instances had finished)",
                           name_of(request_.action), command.id.text, in_words(command.targets),
                           command.completed, command.targeted));
}

void CommandCanceller::leave(const aws::CommandSummary& command) {
    print_error(
        context_,
        fmt::format(
            "command {} is for others, too ({}), and goes on; cancel it with the -e that it was "
            "started with, or: aws ssm cancel-command --command-id {} --region {} --profile {}",
            command.id.text, in_words(command.targets), command.id.text, request_.region(),
            request_.profile()));
    if (!trouble_) trouble_ = ExitCode::partial;
}

void CommandCanceller::miss(const std::vector<std::string>& unseen,
                            const std::string& consequence) {
    if (looks_ == 1)
        print_error(context_,
                    fmt::format("not seen: {}; {}", fmt::join(unseen, "; "), consequence));
    if (!trouble_) trouble_ = ExitCode::partial;
}

void CommandCanceller::fail_with(const aws::Error& error, const std::string& fix) {
    has_seen_ = false;
    trouble_ = fail(error, fix, context_);
}

void CommandCanceller::tell_that_nothing_matches() {
    if (matches_nothing_) return;
    const auto all = aws::describe_environments(workers_, request_.application);
    if (!all) return fail_with(all.error(), nothing_cancelled);
    print_error(context_,
                fmt::format("{}; {}", why_nothing_matched(*all, request_), nothing_cancelled));
    matches_nothing_ = true;
}

} // namespace snow_white::cli
