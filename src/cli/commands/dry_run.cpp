#include "src/aws/services/cloudformation.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/aws/services/sts.hpp"
#include "src/base/chunk.hpp"
#include "src/cli/commands/command_scope.hpp"
#include "src/cli/preflight/check_account.hpp"
#include "src/cli/preflight/check_document.hpp"
#include "src/cli/preflight/check_launch.hpp"
#include "src/cli/preflight/check_sidekiq.hpp"
#include "src/cli/preflight/check_slack.hpp"
#include "src/cli/preflight/findings.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/invoker.hpp"
#include "src/drain/model/pods.hpp"
#include "src/fleet/discovery.hpp"

#include <algorithm>

namespace snow_white::cli {

namespace {

// None: no environment matches, or AWS did not answer. A finding says so.
std::optional<fleet::FleetSnapshot> check_fleet(RegionSession& region, Findings& findings) {
    const Request& request = region.request;
    const char* const hint = "check -p and -r";
    const auto fleet = fleet::discover(region.workers, region.query);
    if (!fleet) {
        findings.block(fleet.error(), hint);
        return std::nullopt;
    }
    if (fleet->environments.empty()) {
        if (const auto why = why_nothing_matched(region))
            findings.block(ExitCode::nothing_matched, *why);
        else
            findings.block(why.error(), hint);
        return std::nullopt;
    }
    findings.print_fleet(*fleet, request);
    const FleetSummary summary = fleet_summary_of(*fleet);
    for (const auto& fact : summary.facts)
        findings.print(fact);
    for (const auto& warning : summary.warnings)
        findings.warn(warning);
    check_instance_roles(region.workers, *fleet, request, findings);
    for (const auto& environment : fleet->environments)
        if (runs_pods(environment))
            findings.block(ExitCode::refused, "{}; {}, and leave it out with --exclude",
                           drain::pods_out_of_reach(environment.name),
                           drain::advice_for_pods(request.action));
    return *fleet;
}

// The document's physical name. None: there is none to send. A finding says so.
std::optional<std::string> check_documents(RegionSession& region, Findings& findings) {
    const Stack& stack = region.request.stack;
    const std::string hint = deployment_hint(stack, region.target.region);
    const auto document = region.physical_id(stack.document_of(region.request.action));
    if (!document) {
        findings.block(document.error(), hint);
        return std::nullopt;
    }
    check_document(region.workers, *document, region.request, findings);
    const auto status = aws::find_physical_id(region.workers, stack.name, stack.status_document);
    if (!status)
        findings.block(status.error(), hint);
    else if (!*status)
        findings.warn("no status document: stack {} has no {}; the run could not verify its "
                      "workers; update the stack",
                      stack.name, stack.status_document);
    return *document;
}

// The action whose document of this stack it is; none: another document.
std::optional<drain::Action> action_of(const std::string& document, const Stack& stack) {
    for (const auto action : drain::all_actions)
        if (document.starts_with(stack.document_prefix(action))) return action;
    return std::nullopt;
}

// What would be sent, or followed where it is in flight already (drain/machine/phase_adopt.cpp).
void check_commands(RegionSession& region, const std::string& document,
                    const fleet::FleetSnapshot& fleet, Findings& findings) {
    const Request& request = region.request;
    if (fleet.instances && fleet.instances->empty())
        return findings.print("no instance there: no command would be sent");
    const auto executing = aws::list_executing_commands(region.workers);
    if (!executing) return findings.block(executing.error(), "check AWS_ENDPOINT_URL");
    auto left = names_on_instances(fleet.environments);
    std::string others; // instances that a command in flight names by id get no second one
    for (const auto& command : *executing) {
        const auto& targets = command.targets;
        if (is_over(command.status) || scope_of(targets, fleet) == Scope::none) continue;
        if (command.document == document) {
            findings.print("would follow command {}, in flight for {}", command.id.text,
                           in_words(targets));
            std::erase_if(left, [&targets](const std::string& name) {
                return std::ranges::find(targets.values, name) != targets.values.end();
            });
            if (!targets.ids.empty()) others = "other ";
        } else if (const auto other = action_of(command.document, request.stack)) {
            findings.warn("a {0} (command {1}) is still open for {2} and may {0} them again; wait "
                          "for it, or end it with the same command and -a {0} --cancel",
                          name_of(*other), command.id.text, in_words(targets));
        }
    }
    for (auto& names : chunk(left, max_values_per_target)) {
        const aws::Targets targets{.tag = fleet::environment_tag, .values = std::move(names)};
        findings.print("would send a command: {} to the {}instances with the tag {} = {}{}",
                       document, others, targets.tag, in_words(targets),
                       request.batch.empty() ? "" : fmt::format(", {} at a time", request.batch));
    }
}

// None: go on. Otherwise the credentials do not work.
std::optional<ExitCode> check_region(RegionSession& region, Findings& findings, Context& context) {
    const Request& request = region.request;
    const RegionLabel label(context, region.target.name);
    const auto arn = aws::get_caller_arn(region.workers);
    if (!arn) return fail(arn.error(), fix_for_identity(arn.error(), request.profile()), context);
    findings.print("{} of {} in {}, as {} would do it:", name_of(request.action),
                   request.application, request.region(), display_name(invoker_of_arn(*arn)));
    const auto fleet = check_fleet(region, findings);
    const auto document = check_documents(region, findings);
    if (fleet && document) check_commands(region, *document, *fleet, findings);
    return std::nullopt;
}

} // namespace

ExitCode dry_run(const Request& request, Context& context) {
    Findings findings(context);
    AwsSessions sessions(request, request.region(), context);
    if (const auto refused = sessions.refuse_same_account(request, context)) return *refused;
    for (auto& region : sessions.regions())
        if (const auto ended = check_region(region, findings, context)) return *ended;
    if (context.clock.interrupted()) return findings.end();
    if (request.mode == Mode::launch) {
        aws::Client cluster = sessions.of(request.profile()).in(request.settings.cluster_region);
        check_launch(cluster, request, findings);
    }
    check_slack(request, context, findings);
    check_sidekiq(request, context, findings);
    if (request.timeout > default_timeout)
        findings.warn("--timeout: after 48 h SSM ends a command, and the run sends it again where "
                      "it has not finished");
    return findings.end();
}

} // namespace snow_white::cli
