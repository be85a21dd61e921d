#include "src/cli/commands/cancel_commands.hpp"

#include "src/aws/services/ec2.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/cli/commands/command_scope.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/fleet/discovery.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

constexpr const char* nothing_cancelled = "nothing was cancelled";

class CommandCanceller {
public:
    CommandCanceller(RegionSession& region, Context& context, CommandsFound& found)
        : region_(region), context_(context), found_(found) {}

    void run() {
        ++found_.searches;
        const auto fleet = discover_targets();
        if (!fleet) return fail_with(fleet.error(), nothing_cancelled);
        const bool is_matched = !fleet->environments.empty();
        const auto in_flight = list_in_flight();
        if (!in_flight && is_matched) {
            const bool is_unknown =
                in_flight.error().kind == aws::ErrorKind::invalid || names_stack(in_flight.error());
            const Request& request = region_.request;
            return fail_with(
                in_flight.error(),
                (is_unknown ? deployment_hint(request.stack, request.region()) + "; " : "") +
                    nothing_cancelled);
        }
        if (is_matched && !fleet->instances)
            report_unavailable(fleet->unavailable,
                               "commands to single instances were not looked for");
        if (in_flight) {
            const auto gone = find_gone(*in_flight, *fleet);
            for (const auto& command : *in_flight)
                handle(command, scope_of(command.targets, *fleet, gone));
        }
        if (!is_matched && !found_.has_ours && !found_.trouble) report_no_match();
    }

private:
    // With the instances that are being terminated or just were: a command may name them.
    aws::Result<fleet::FleetSnapshot> discover_targets() {
        auto fleet = fleet::discover(region_.workers, region_.query);
        if (!fleet || fleet->environments.empty() || !fleet->instances) return fleet;
        auto leaving = aws::describe_instances(region_.workers, names_of(fleet->environments),
                                               aws::Ec2States::leaving);
        if (!leaving) return tl::unexpected(leaving.error());
        for (auto& instance : *leaving)
            fleet->instances->push_back({.id = std::move(instance.id)});
        return fleet;
    }

    aws::Result<std::vector<aws::CommandSummary>> list_in_flight() {
        const Request& request = region_.request;
        const auto document = region_.physical_id(request.stack.document_of(request.action));
        if (!document) return tl::unexpected(document.error());
        return aws::list_executing_commands(region_.workers, *document);
    }

    // Environments that these commands name, that the pattern matches, and that no longer exist.
    std::set<std::string> find_gone(const std::vector<aws::CommandSummary>& commands,
                                    const fleet::FleetSnapshot& fleet) {
        std::set<std::string> named;
        for (const auto& command : commands)
            if (command.targets.tag == fleet::environment_tag)
                for (const auto& name : command.targets.values)
                    if (region_.query.pattern.matches(name)) named.insert(name);
        for (const auto& environment : fleet.environments)
            named.erase(environment.name);
        if (named.empty()) return named;
        const auto all = aws::describe_all_environments(region_.workers);
        if (!all) {
            report_unavailable(
                {aws::describe(all.error())},
                fmt::format("{}: whether they still exist is not known", fmt::join(named, ", ")));
            return {};
        }
        for (const auto& one : *all)
            if (!is_terminated(one) || one.application != region_.query.application)
                named.erase(one.name);
        return named;
    }

    // A command that is also for others is printed and left alone.
    void handle(const aws::CommandSummary& command, Scope scope) {
        if (scope == Scope::none || !found_.handled.insert(command.id).second) return;
        if (scope == Scope::wider) return leave(command);
        found_.has_ours = true;
        found_.latest_requested = std::max(found_.latest_requested, command.requested);
        cancel(command);
    }

    void cancel(const aws::CommandSummary& command) {
        const auto done = aws::cancel_command(region_.workers, command.id);
        if (!done)
            return fail_with(done.error(), fmt::format("command {} continues", command.id.text));
        ++found_.cancelled;
        const auto action = name_of(region_.request.action);
        const report::OrderedJson event{{"action", action},
                                        {"command", command.id.text},
                                        {"targets", in_words(command.targets)},
                                        {"completed", command.completed},
                                        {"targeted", command.targeted}};
        if (print_json_event(context_, {"cancelled", event})) return;
        print_line(context_, "cancelled {} command {} for {} ({} of {} instances had finished)",
                   action, command.id.text, in_words(command.targets), command.completed,
                   command.targeted);
    }

    void leave(const aws::CommandSummary& command) {
        print_error(
            context_,
            "command {} is for others, too ({}), and continues; cancel it with the -e that it was "
            "started with, or: aws ssm cancel-command --command-id {} --region {} --profile {}",
            command.id.text, in_words(command.targets), command.id.text, region_.target.region,
            region_.target.profile);
        if (!found_.trouble) found_.trouble = ExitCode::partial;
    }

    void report_unavailable(const std::vector<std::string>& unavailable,
                            const std::string& consequence) {
        if (found_.searches == 1)
            print_error(context_, "not seen: {}; {}", fmt::join(unavailable, "; "), consequence);
        if (!found_.trouble) found_.trouble = ExitCode::partial;
    }

    void fail_with(const aws::Error& error, const std::string& fix) {
        found_.is_complete = false;
        found_.trouble = fail(error, fix, context_);
    }

    void report_no_match() {
        if (found_.matches_nothing) return;
        const auto why = why_nothing_matched(region_);
        if (!why) return fail_with(why.error(), nothing_cancelled);
        print_error(context_, "{}; {}", *why, nothing_cancelled);
        found_.matches_nothing = true;
    }

    RegionSession& region_;
    Context& context_;
    CommandsFound& found_;
};

} // namespace

void cancel_commands(RegionSession& region, Context& context, CommandsFound& found) {
    const RegionLabel label(context, region.target.name);
    CommandCanceller(region, context, found).run();
}

} // namespace snow_white::cli
