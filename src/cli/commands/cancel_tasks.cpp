#include "src/cli/commands/cancel_tasks.hpp"

#include "src/aws/services/sts.hpp"
#include "src/cli/input/task_environment.hpp"
#include "src/cli/session/invoker.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::cli {

namespace {

using namespace std::chrono_literals;

constexpr const char* not_looked_for = "started tasks were not looked for";
// The container may take 120 s to end (StopTimeout of the task definition), and ECS some more to
// say so.
constexpr Duration patience = 150s;
// After this, a task that runs has looked for what is in flight. By this machine's clock, which may
// be minutes off.
constexpr Duration time_to_look = 5min;
constexpr Duration shortest_pause = 1s;
constexpr Duration longest_pause = 5s;

} // namespace

void TaskCanceller::stop_tasks(const CommandsSeen& seen) {
    if (!can_look()) return;
    const auto tasks =
        aws::list_started_tasks(cluster_, request_.settings.cluster, request_.stack.name);
    if (!tasks) {
        const ExitCode code = fail(tasks.error(), not_looked_for, context_);
        // What is denied or not there is so at the next try, too: commands are cancelled without
        // it.
        if (is_transient(tasks.error().kind)) ends_.push_back(code);
        return;
    }
    has_looked_ = true;
    for (const auto& task : *tasks)
        decide(task, seen);
    for (const auto& task : stopped_)
        wait_for_end(task);
}

bool TaskCanceller::can_look() {
    const Settings& settings = request_.settings;
    const std::string why =
        settings.cluster_region.empty() ? "ECS_CLUSTER_REGION is not set"
        : settings.cluster.empty()      ? "ECS_CLUSTER_NAME is not set"
        : !is_region(settings.cluster_region)
            ? fmt::format("ECS_CLUSTER_REGION: \"{}\" is no AWS region", settings.cluster_region)
            : "";
    if (!why.empty()) print_line(context_, fmt::format("{}: {}", not_looked_for, why));
    return why.empty();
}

void TaskCanceller::decide(const aws::StartedTask& task, const CommandsSeen& seen) {
    const auto regions = regions_of_launch(task.environment, request_);
    const auto is_asked = [this](const std::string& region) {
        return std::ranges::find(request_.regions, region) != request_.regions.end();
    };
    const auto is_over_by_itself = [&](const std::string& region) {
        return !is_asked(region) || follows(task, seen, region);
    };
    if (std::ranges::all_of(regions, is_over_by_itself)) return;
    const auto is_unknown = [&](const std::string& region) {
        return is_asked(region) && seen.unknown.contains(region);
    };
    if (std::ranges::any_of(regions, is_unknown))
        return leave(
            task,
            "whether its command is in flight could not be looked up; the same command again");
    if (task.stack != request_.stack.name)
        return leave(task, fmt::format("it was started without the tag {} = {}", aws::stack_tag,
                                       request_.stack.name));
    if (!std::ranges::all_of(regions, is_asked))
        return leave(
            task, fmt::format("it is for more regions; cancel it with -r {}", in_a_list(regions)));
    stop(task, regions);
}

// A task that follows a command learns from SSM that it is cancelled, and reports that. One that
// began after the command was sent, and has not looked yet, would find it cancelled and send
// another.
bool TaskCanceller::follows(const aws::StartedTask& task, const CommandsSeen& seen,
                            const std::string& region) const {
    const auto command = seen.in_flight.find(region);
    if (command == seen.in_flight.end() || !task.started) return false;
    return command->second >= task.started || context_.clock.now() - *task.started > time_to_look;
}

void TaskCanceller::stop(const aws::StartedTask& task, const std::vector<std::string>& regions) {
    const auto done = aws::stop_task(cluster_, request_.settings.cluster, task.arn, reason());
    if (!done) {
        ends_.push_back(
            fail(done.error(), fmt::format("task {} goes on", task.arn.text), context_));
        return;
    }
    ends_.push_back(ExitCode::done);
    stopped_.push_back(task.arn);
    stopped_in_.insert(regions.begin(), regions.end());
    const std::string starter = display_name(from_started_by(task.started_by));
    const report::OrderedJson event{{"action", name_of(request_.action)},
                                    {"task", task.arn.text},
                                    {"status", task.last_status},
                                    {"started_by", starter},
                                    {"reason", reason()}};
    if (print_json_event(context_, {"task_stopped", event})) return;
    print_line(
        context_,
        fmt::format("stopped task {} of {}, started by {} (it was {}); waiting until it has ended",
                    task.arn.text, name_of(request_.action), starter.empty() ? "somebody" : starter,
                    task.last_status));
}

void TaskCanceller::leave(const aws::StartedTask& task, const std::string& why) {
    print_error(
        context_,
        fmt::format(
            "task {} goes on: {}, or stop it with: aws ecs stop-task --cluster {} --task {} "
            "--region {} --profile {}",
            task.arn.text, why, request_.settings.cluster, task.arn.text,
            request_.settings.cluster_region, request_.profile()));
    ends_.push_back(ExitCode::partial);
}

void TaskCanceller::wait_for_end(const TaskArn& task) {
    const Duration deadline = context_.clock.elapsed() + patience;
    for (Duration pause = shortest_pause; !has_ended(task);
         pause = std::min<Duration>(longest_pause, pause * 3 / 2)) {
        const bool interrupted = context_.clock.interrupted();
        if (interrupted || context_.clock.elapsed() >= deadline) {
            print_error(
                context_,
                fmt::format("task {} has not ended yet; give the same command again, for what "
                            "it may have sent meanwhile",
                            task.text));
            ends_.push_back(interrupted ? ExitCode::interrupted : ExitCode::partial);
            return;
        }
        context_.clock.wait(pause);
    }
}

bool TaskCanceller::has_ended(const TaskArn& task) {
    const auto seen = aws::describe_task(cluster_, request_.settings.cluster, task);
    if (!seen) return seen.error().kind == aws::ErrorKind::not_found;
    return seen->last_status == "STOPPED" || seen->last_status == "DEPROVISIONING";
}

const std::string& TaskCanceller::reason() {
    if (!reason_.empty()) return reason_;
    const auto arn = aws::get_caller_arn(cluster_);
    const std::string name = arn ? display_name(invoker_of_arn(*arn)) : "";
    reason_ = fmt::format("cancelled by {} {}", name.empty() ? "somebody" : name, cancel_mark);
    return reason_;
}

} // namespace snow_white::cli
