#include "src/aws/services/cloudformation.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/aws/services/sts.hpp"
#include "src/cli/commands/command_scope.hpp"
#include "src/cli/preflight/check_account.hpp"
#include "src/cli/preflight/check_document.hpp"
#include "src/cli/preflight/check_launch.hpp"
#include "src/cli/preflight/check_slack.hpp"
#include "src/cli/preflight/findings.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/invoker.hpp"
#include "src/drain/model/pods.hpp"
#include "src/fleet/discovery.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::cli {

namespace {

// None: nobody is concerned, or nobody would say.
std::optional<fleet::FleetSnapshot> look_at_fleet(aws::Client& workers, const Request& request,
                                                  Findings& findings) {
    const auto fleet = fleet::discover(workers, {request.application, request.pattern});
    if (!fleet) {
        findings.block(fleet.error(), "check -p and -r");
        return std::nullopt;
    }
    if (fleet->environments.empty()) {
        const auto all = aws::describe_environments(workers, request.application);
        if (all)
            findings.block(ExitCode::nothing_matched, why_nothing_matched(*all, request));
        else
            findings.block(all.error(), "check -p and -r");
        return std::nullopt;
    }
    findings.see(*fleet, request);
    const FleetSummary summary = fleet_summary_of(*fleet);
    for (const auto& fact : summary.facts)
        findings.print(fact);
    for (const auto& warning : summary.warnings)
        findings.warn(warning);
    look_at_instance_roles(workers, *fleet, request, findings);
    for (const auto& environment : fleet->environments)
        if (runs_pods(environment))
            findings.block(ExitCode::refused,
                           fmt::format("{}; {}, and leave it out with --exclude",
                                       drain::pods_out_of_reach(environment.name),
                                       drain::advice_for_pods(request.action)));
    return *fleet;
}

// The document's physical name; none when there is none to be sent.
std::optional<std::string> find_document(aws::Client& workers, const Request& request,
                                         Findings& findings) {
    const Stack& stack = request.stack;
    const std::string fix = deployment_hint(stack, request.region());
    const auto document =
        aws::get_physical_id(workers, stack.name, stack.document_of(request.action));
    if (!document) {
        findings.block(document.error(), fix);
        return std::nullopt;
    }
    look_at_document(workers, *document, stack, findings);
    const auto status = aws::find_physical_id(workers, stack.name, stack.status_document);
    if (!status)
        findings.block(status.error(), fix);
    else if (!*status)
        findings.warn(fmt::format(
            "no status document: stack {} has no {}; what each worker does at the end would "
            "not be verified; update the stack",
            stack.name, stack.status_document));
    return *document;
}

// One command takes so many environments.
std::vector<aws::Targets> orders_for(const std::vector<std::string>& environments) {
    std::vector<aws::Targets> orders;
    for (std::size_t i = 0; i < environments.size(); ++i) {
        if (i % values_a_target == 0) orders.push_back({.tag = fleet::environment_tag});
        orders.back().values.push_back(environments[i]);
    }
    return orders;
}

// Another action of this stack's.
std::optional<drain::Action> action_of(const std::string& document, const Stack& stack) {
    for (const auto action : drain::all_actions)
        if (document.starts_with(stack.document_prefix(action))) return action;
    return std::nullopt;
}

// What would be sent, or followed where it is in flight already (drain/joining.cpp).
void look_at_commands(aws::Client& workers, const std::string& document,
                      const fleet::FleetSnapshot& fleet, const Request& request,
                      Findings& findings) {
    if (fleet.instances && fleet.instances->empty())
        return findings.print("no instance there: no command would be sent");
    const auto executing = aws::list_executing_commands(workers);
    if (!executing)
        return findings.block(executing.error(), "is this AWS, or what stands in for it?");
    auto left = names_on_instances(fleet.environments);
    std::string others; // instances that are told by their ids already are not told again
    for (const auto& command : *executing) {
        const auto& targets = command.targets;
        if (is_over(command.status) || scope_of(targets, fleet) == Scope::none) continue;
        if (command.document == document) {
            findings.print(fmt::format("would follow command {}, in flight for {}", command.id.text,
                                     in_words(targets)));
            std::erase_if(left, [&targets](const std::string& name) {
                return std::ranges::find(targets.values, name) != targets.values.end();
            });
            if (!targets.ids.empty()) others = "other ";
        } else if (const auto other = action_of(command.document, request.stack)) {
            findings.warn(fmt::format(
                "a {} is in flight for {} (command {}): this {} would go on beside it, "
                "each instance answers for itself; wait for it, or end it with --cancel",
                name_of(*other), in_words(targets), command.id.text, name_of(request.action)));
        }
    }
    for (const auto& order : orders_for(left))
        findings.print(
            fmt::format("would send a command: {} to the {}instances with the tag {} = {}{}",
                        document, others, order.tag, in_words(order),
                        request.batch.empty() ? "" : fmt::format(", {} at a time", request.batch)));
}

// What is about one place; ends it all where nobody is let in.
std::optional<ExitCode> check_region(aws::Client workers, const Request& request,
                                     Findings& findings, Context& context) {
    const auto arn = aws::get_caller_arn(workers);
    if (!arn)
        return fail(arn.error(), "check the credentials of profile " + request.profile(), context);
    findings.print(fmt::format("{} of {} in {}, as {} would do it:", name_of(request.action),
                             request.application, request.region(),
                             display_name(invoker_of_arn(*arn))));
    const auto fleet = look_at_fleet(workers, request, findings);
    const auto document = find_document(workers, request, findings);
    if (fleet && document) look_at_commands(workers, *document, *fleet, request, findings);
    return std::nullopt;
}

} // namespace

ExitCode dry_run(const Request& request, Context& context) {
    Findings findings(context);
    ProfileSessions sessions(request, context);
    std::optional<ExitCode> ended;
    for_each_region(request, context, [&](const RegionTarget& place, const Request& there) {
        if (!ended) ended = check_region(sessions.in(place), there, findings, context);
    });
    if (ended) return *ended;
    if (request.mode == Mode::launch) {
        aws::Client cluster = sessions.of(request.profile()).in(request.settings.cluster_region);
        look_at_launch(cluster, request, findings);
    }
    look_at_slack(request, context, findings);
    return findings.end();
}

} // namespace snow_white::cli
