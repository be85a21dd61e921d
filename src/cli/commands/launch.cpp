#include "src/aws/services/ecs.hpp"
#include "src/aws/services/sts.hpp"
#include "src/cli/commands/follow_task.hpp"
#include "src/cli/commands/running_jobs.hpp"
#include "src/cli/input/task_environment.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/confirm.hpp"
#include "src/cli/session/invoker.hpp"
#include "src/fleet/instance_lookup.hpp"

#include <array>
#include <fmt/ranges.h>
#include <random>

namespace snow_white::cli {

namespace {

constexpr std::array capacity_pauses{std::chrono::seconds{2}, std::chrono::seconds{5},
                                     std::chrono::seconds{10}};

// RunTask's clientToken. ECS starts one task for each, so that a call whose answer was lost can be
// made again.
std::string fresh_token() {
    std::random_device source;
    std::string token;
    for (int i = 0; i < 4; ++i)
        token += fmt::format("{:08x}", source());
    return token;
}

// None: go on. An operator may lack the right to list environments: then the task finds out.
std::optional<ExitCode> check_environments(RegionSession& region, Context& context) {
    const Request& request = region.request;
    const RegionLabel label(context, region.target.name);
    const auto environments = aws::describe_environments(region.workers, request.application);
    if (!environments && environments.error().kind == aws::ErrorKind::denied) return std::nullopt;
    if (!environments) return fail(environments.error(), "nothing was sent", context);
    const auto matching = fleet::matching_of(*environments, region.query.pattern);
    if (matching.empty()) {
        print_error(context, "{}; nothing was sent", why_nothing_matched(*environments, region));
        return ExitCode::nothing_matched;
    }
    const report::OrderedJson event{{"action", name_of(request.action)},
                                    {"application", request.application},
                                    {"region", request.region()},
                                    {"environments", names_of(matching)}};
    if (!print_json_event(context, {"launching", event}))
        print_line(context, "{} of {} in {}: {}", name_of(request.action), request.application,
                   request.region(), fmt::join(display_names_of(matching), ", "));
    return std::nullopt;
}

aws::TaskRequest task_request(const Request& request, const aws::TaskDefinition& definition,
                              const Invoker& invoker) {
    return {.cluster = request.settings.cluster,
            .stack = request.stack.name,
            .task_definition = definition.arn,
            .container = definition.container,
            .subnet = request.settings.subnet,
            .security_group = request.settings.security_group,
            .public_ip = request.settings.public_ip,
            .started_by = to_started_by(invoker),
            .client_token = fresh_token(),
            .reason = request.reason,
            .environment = container_environment(request)};
}

std::string fix_for_definition(const aws::Error& error, const Request& request) {
    if (is_transient(error.kind) || error.kind == aws::ErrorKind::credentials)
        return "nothing was sent";
    return deployment_hint(request.stack, request.settings.cluster_region) + "; nothing was sent";
}

std::string fix_for_task(const aws::Error& error, const Request& request) {
    const Settings& settings = request.settings;
    if (error.code == "ClusterNotFoundException")
        return fmt::format("check ECS_CLUSTER_NAME ({}) and ECS_CLUSTER_REGION ({}); nothing runs",
                           settings.cluster, settings.cluster_region);
    if (is_transient(error.kind) && !had_no_effect(error.kind))
        return fmt::format("the task may have been started all the same: aws ecs list-tasks "
                           "--cluster {} --region {}",
                           settings.cluster, settings.cluster_region);
    if (lacks_capacity(error))
        return "nothing runs; try again later, or name a subnet of another availability zone";
    return "nothing runs";
}

// A lack of Fargate's capacity ends within seconds, or not soon.
aws::Result<TaskArn> start_task(aws::Client& cluster, aws::TaskRequest task, Context& context) {
    auto started = aws::run_task(cluster, task);
    for (const auto pause : capacity_pauses) {
        if (started || !aws::lacks_capacity(started.error())) break;
        print_error(context, "{}; nothing runs yet, tried again in {} s",
                    aws::describe(started.error()), pause.count());
        context.clock.wait(pause);
        if (context.clock.interrupted()) break;
        task.client_token = fresh_token();
        started = aws::run_task(cluster, task);
    }
    return started;
}

void print_task(const TaskArn& task, const LogLocation& log, const std::string& invoker,
                const Request& request, Context& context) {
    const report::OrderedJson event{{"task", task.text},
                                    {"cluster", request.settings.cluster},
                                    {"region", request.settings.cluster_region},
                                    {"started_by", invoker},
                                    {"log_group", log.group},
                                    {"log_stream", log.stream},
                                    {"log_region", log.region}};
    if (print_json_event(context, {"submitted", event})) return;
    print_line(context, "task {} started by {}", task.text, invoker);
    print_line(context, how_to_follow(log, request));
}

} // namespace

ExitCode launch(const Request& request, Context& context) {
    AwsSessions sessions(request, request.settings.cluster_region, context);
    aws::Client cluster = sessions.of(request.profile()).in(request.settings.cluster_region);
    const auto arn = aws::get_caller_arn(cluster);
    if (!arn)
        return fail(arn.error(),
                    fix_for_identity(arn.error(), request.profile()) + "; nothing was sent",
                    context);
    const Invoker invoker = invoker_of_arn(*arn);
    std::optional<ExitCode> ended;
    for (auto& region : sessions.regions())
        if (const auto code = check_environments(region, context); !ended) ended = code;
    if (ended) return *ended;
    const auto definition = aws::describe_task_definition(cluster, request.stack.name);
    if (!definition)
        return fail(definition.error(), fix_for_definition(definition.error(), request), context);
    if (asks_first(request, context))
        for (auto& region : sessions.regions())
            print_line(context,
                       describe_running_jobs(region, fleet::discover(region.workers, region.query),
                                             context));
    if (const auto refused = confirm(request, context)) return *refused;
    const auto task = start_task(cluster, task_request(request, *definition, invoker), context);
    if (!task) return fail(task.error(), fix_for_task(task.error(), request), context);

    const LogLocation log = log_location(*definition, *task);
    print_task(*task, log, display_name(invoker), request, context);
    return request.mode == Mode::wait ? follow(cluster, log, *task, request, context)
                                      : await_start(cluster, log, *task, request, context);
}

} // namespace snow_white::cli
