#include "src/cli/commands/cancel_tasks.hpp"

#include "src/aws/services/ecs.hpp"
#include "src/aws/services/sts.hpp"
#include "src/cli/input/task_environment.hpp"
#include "src/cli/session/invoker.hpp"

#include <algorithm>

namespace snow_white::cli {

namespace {

using namespace std::chrono_literals;

constexpr const char* not_looked_for = "started tasks were not looked for";
// The container may take 120 s to end (StopTimeout of the task definition), and ECS reports it
// later.
constexpr Duration end_timeout = 150s;
// A task that runs for longer has looked for commands in flight. By this machine's clock, which may
// be minutes off.
constexpr Duration time_to_adopt = 5min;
constexpr Duration shortest_pause = 1s;
constexpr Duration longest_pause = 5s;

class TaskCanceller {
public:
    TaskCanceller(ProfileSession& session, const Request& request, Context& context,
                  TasksFound& found)
        : cluster_(session.in(request.settings.cluster_region)), request_(request),
          context_(context), found_(found) {}

    void stop_tasks(const CommandsByRegion& commands) {
        if (!can_look()) return;
        const auto tasks =
            aws::list_started_tasks(cluster_, request_.settings.cluster, request_.stack.name);
        if (!tasks) {
            const ExitCode code = fail(tasks.error(), not_looked_for, context_);
            // Denied or unknown, it would fail again: then commands alone are cancelled.
            if (is_transient(tasks.error().kind)) found_.codes.push_back(code);
            return;
        }
        found_.is_listed = true;
        for (const auto& task : *tasks)
            decide(task, commands);
        for (const auto& task : stopped_)
            wait_for_end(task);
    }

private:
    bool can_look() {
        const Settings& settings = request_.settings;
        const std::string why =
            settings.cluster_region.empty() ? "ECS_CLUSTER_REGION is not set"
            : settings.cluster.empty()      ? "ECS_CLUSTER_NAME is not set"
            : !is_region(settings.cluster_region)
                ? fmt::format("ECS_CLUSTER_REGION: \"{}\" is no AWS region{}",
                              settings.cluster_region, region_hint(settings.cluster_region, false))
                : "";
        if (!why.empty()) print_line(context_, "{}: {}", not_looked_for, why);
        return why.empty();
    }

    void decide(const aws::StartedTask& task, const CommandsByRegion& commands) {
        const auto regions = regions_of_launch(task.environment, request_);
        const auto is_requested = [&](const std::string& region) {
            return commands.contains(region);
        };
        const auto ends_by_itself = [&](const std::string& region) {
            return !is_requested(region) || follows(task, commands.at(region));
        };
        if (std::ranges::all_of(regions, ends_by_itself)) return;
        const auto is_unknown = [&](const std::string& region) {
            return is_requested(region) && !commands.at(region).is_complete;
        };
        if (std::ranges::any_of(regions, is_unknown))
            return leave(
                task, "whether its command is in flight is not known; give the same command again");
        if (task.stack != request_.stack.name)
            return leave(task, fmt::format("it was started without the tag {} = {}", aws::stack_tag,
                                           request_.stack.name));
        if (!std::ranges::all_of(regions, is_requested))
            return leave(task, fmt::format("it is for more regions; cancel it with -r {}",
                                           comma_list(regions)));
        stop(task, regions);
    }

    // A task that follows a command learns from SSM that it is cancelled, and reports that. A task
    // that began after the command was sent, and has not looked for commands yet, would find it
    // cancelled and send another one.
    bool follows(const aws::StartedTask& task, const CommandsFound& commands) const {
        if (!commands.has_ours || !task.started) return false;
        return commands.latest_requested >= task.started ||
               context_.clock.now() - *task.started > time_to_adopt;
    }

    void stop(const aws::StartedTask& task, const std::vector<std::string>& regions) {
        const auto done = aws::stop_task(cluster_, request_.settings.cluster, task.arn, reason());
        if (!done) {
            found_.codes.push_back(
                fail(done.error(), fmt::format("task {} continues", task.arn.text), context_));
            return;
        }
        found_.codes.push_back(ExitCode::done);
        stopped_.push_back(task.arn);
        found_.stopped_in.insert(regions.begin(), regions.end());
        const std::string starter = display_name(from_started_by(task.started_by));
        const report::OrderedJson event{{"action", name_of(request_.action)},
                                        {"task", task.arn.text},
                                        {"status", task.last_status},
                                        {"started_by", starter},
                                        {"reason", reason()}};
        if (print_json_event(context_, {"task_stopped", event})) return;
        print_line(context_,
                   "stopped task {} of {}, started by {} (it was {}); waiting until it has ended",
                   task.arn.text, name_of(request_.action), starter.empty() ? "somebody" : starter,
                   task.last_status);
    }

    void leave(const aws::StartedTask& task, const std::string& why) {
        print_error(
            context_,
            "task {} continues: {}, or stop it with: aws ecs stop-task --cluster {} --task {} "
            "--region {} --profile {}",
            task.arn.text, why, request_.settings.cluster, task.arn.text,
            request_.settings.cluster_region, request_.profile());
        found_.codes.push_back(ExitCode::partial);
    }

    void wait_for_end(const TaskArn& task) {
        const Duration deadline = context_.clock.elapsed() + end_timeout;
        for (Duration pause = shortest_pause; !has_ended(task);
             pause = std::min<Duration>(longest_pause, pause * 3 / 2)) {
            const bool interrupted = context_.clock.interrupted();
            if (interrupted || context_.clock.elapsed() >= deadline) {
                print_error(
                    context_,
                    "task {} has not ended yet; give the same command again, for what it may "
                    "have sent meanwhile",
                    task.text);
                found_.codes.push_back(interrupted ? ExitCode::interrupted : ExitCode::partial);
                return;
            }
            context_.clock.wait(pause);
        }
    }

    bool has_ended(const TaskArn& task) {
        const auto now = aws::describe_task(cluster_, request_.settings.cluster, task);
        if (!now) return now.error().kind == aws::ErrorKind::not_found;
        return now->last_status == "STOPPED" || now->last_status == "DEPROVISIONING";
    }

    const std::string& reason() {
        if (!reason_.empty()) return reason_;
        const auto arn = aws::get_caller_arn(cluster_);
        const std::string name = arn ? display_name(invoker_of_arn(*arn)) : "";
        reason_ = fmt::format("cancelled by {} {}", name.empty() ? "somebody" : name, cancel_mark);
        return reason_;
    }

    aws::Client cluster_;
    const Request& request_;
    Context& context_;
    TasksFound& found_;
    std::vector<TaskArn> stopped_;
    std::string reason_;
};

} // namespace

TasksFound cancel_tasks(ProfileSession& session, const Request& request,
                        const CommandsByRegion& commands, Context& context) {
    TasksFound found;
    TaskCanceller(session, request, context, found).stop_tasks(commands);
    return found;
}

} // namespace snow_white::cli
