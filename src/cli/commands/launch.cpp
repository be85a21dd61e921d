#include "src/aws/services/ecs.hpp"
#include "src/aws/services/sts.hpp"
#include "src/cli/commands/follow_task.hpp"
#include "src/cli/input/task_environment.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/confirm.hpp"
#include "src/cli/session/context.hpp"
#include "src/cli/session/invoker.hpp"

#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <random>

namespace snow_white::cli {

namespace {

constexpr std::array pauses_for_room{std::chrono::seconds{2}, std::chrono::seconds{5},
                                     std::chrono::seconds{10}};

// ECS starts one task for one token, however often it is asked: a lost answer can be asked for
// again.
std::string fresh_token() {
    std::random_device source;
    std::string token;
    for (int i = 0; i < 4; ++i)
        token += fmt::format("{:08x}", source());
    return token;
}

// What the task would find out, said before there is a task. An operator may lack the right to
// look: then it is the task's.
std::optional<ExitCode> check_environments_there(aws::Client workers, const Request& request,
                                                 Context& context) {
    const auto environments = aws::describe_environments(workers, request.application);
    if (!environments) return std::nullopt;
    std::vector<fleet::Environment> matching;
    for (const auto& one : *environments)
        if (one.status != "Terminated" && request.pattern.matches(one.name))
            matching.push_back({one.name, one.status, one.tier});
    if (matching.empty()) {
        print_error(context, fmt::format("{}; nothing was sent",
                                         why_nothing_matched(*environments, request)));
        return ExitCode::nothing_matched;
    }
    const report::OrderedJson where{{"action", name_of(request.action)},
                                    {"application", request.application},
                                    {"region", request.region()},
                                    {"environments", names_of(matching)}};
    if (!print_json_event(context, {"launching", where}))
        print_line(context,
                   fmt::format("{} of {} in {}: {}", name_of(request.action), request.application,
                               request.region(), fmt::join(marked_names_of(matching), ", ")));
    return std::nullopt;
}

std::optional<ExitCode> check_environments(ProfileSession& session, const Request& request,
                                           Context& context) {
    std::optional<ExitCode> ended;
    for_each_region(request, context, [&](const RegionTarget& place, const Request& there) {
        const auto found = check_environments_there(session.in(place.region), there, context);
        if (!ended) ended = found;
    });
    return ended;
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
    if (error.kind != aws::ErrorKind::invalid && error.kind != aws::ErrorKind::not_found)
        return "nothing was sent";
    return deployment_hint(request.stack, request.settings.cluster_region) + " nothing was sent";
}

std::string fix_for_task(const aws::Error& error, const Request& request) {
    if (error.code == "ClusterNotFoundException")
        return fmt::format("check ECS_CLUSTER_NAME ({}) and ECS_CLUSTER_REGION ({}); nothing runs",
                           request.settings.cluster, request.settings.cluster_region);
    if (is_transient(error.kind) && !had_no_effect(error.kind))
        return fmt::format("the task may have been started all the same: aws ecs list-tasks "
                           "--cluster {} --region {}",
                           request.settings.cluster, request.settings.cluster_region);
    if (lacks_room(error))
        return "nothing runs; try again later, or name a subnet of another availability zone";
    return "nothing runs";
}

// Fargate's lack of room for a task passes by itself, within seconds or not at all.
aws::Result<TaskArn> start_task(aws::Client& cluster, aws::TaskRequest wanted, Context& context) {
    auto started = aws::run_task(cluster, wanted);
    for (const auto pause : pauses_for_room) {
        if (started || !aws::lacks_room(started.error())) break;
        print_error(context, fmt::format("{}; nothing runs yet, tried again in {} s",
                                         aws::describe(started.error()), pause.count()));
        context.clock.wait(pause);
        if (context.clock.interrupted()) break;
        wanted.client_token = fresh_token();
        started = aws::run_task(cluster, wanted);
    }
    return started;
}

void tell_of_task(const TaskArn& task, const LogLocation& log, const Invoker& invoker,
                  const Request& request, Context& context) {
    const report::OrderedJson submitted{{"task", task.text},
                                        {"cluster", request.settings.cluster},
                                        {"region", request.settings.cluster_region},
                                        {"started_by", display_name(invoker)},
                                        {"log_group", log.group},
                                        {"log_stream", log.stream},
                                        {"log_region", log.region}};
    if (print_json_event(context, {"submitted", submitted})) return;
    print_line(context, fmt::format("task {} started by {}", task.text, display_name(invoker)));
    print_line(context, how_to_follow(log, request));
}

} // namespace

ExitCode launch(const Request& request, Context& context) {
    ProfileSession session(request.profile(), request.settings.cluster_region, context);
    aws::Client cluster = session.in(request.settings.cluster_region);

    const auto arn = aws::get_caller_arn(cluster);
    if (!arn)
        return fail(arn.error(),
                    "check the credentials of profile " + request.profile() + "; nothing was sent",
                    context);
    const Invoker invoker = invoker_of_arn(*arn);
    if (const auto ended = check_environments(session, request, context)) return *ended;
    const auto definition = aws::describe_task_definition(cluster, request.stack.name);
    if (!definition)
        return fail(definition.error(), fix_for_definition(definition.error(), request), context);
    if (const auto ended = confirm(request, context)) return *ended;
    const auto task = start_task(cluster, task_request(request, *definition, invoker), context);
    if (!task) return fail(task.error(), fix_for_task(task.error(), request), context);

    const LogLocation log = log_place(*definition, *task);
    tell_of_task(*task, log, invoker, request, context);
    return request.mode == Mode::wait ? follow(cluster, log, *task, request, context)
                                      : ExitCode::done;
}

} // namespace snow_white::cli
