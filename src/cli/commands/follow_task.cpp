#include "src/cli/commands/follow_task.hpp"

#include "src/aws/services/logs.hpp"
#include "src/base/output.hpp"
#include "src/base/ticking_clock.hpp"
#include "src/cli/commands/cancel_tasks.hpp"
#include "src/cli/input/container_variables.hpp"
#include "src/cli/session/progress_view.hpp"
#include "src/report/json/progress_json.hpp"
#include "src/report/text/pattern_text.hpp"
#include "src/report/text/summary.hpp"

#include <algorithm>

namespace snow_white::cli {

namespace {

constexpr std::chrono::seconds shortest_log_pause{1};
constexpr std::chrono::seconds longest_log_pause{5};
// A task's last lines reach CloudWatch after its end; AWS states no limit.
constexpr std::chrono::seconds last_lines_timeout{15};
constexpr std::chrono::seconds last_lines_timeout_without_run{2}; // its container never ran
// ECS may not know a task just after its start, and forgets it about an hour after its end.
constexpr std::chrono::minutes unknown_task_timeout{1};
// How long a launch without --wait looks whether its task starts. Fargate takes up to a minute.
constexpr std::chrono::seconds start_timeout{60};
// Of a container whose program does not exist or cannot be run. Source: Docker's
// reference of `docker run`, "Exit status".
constexpr int not_executable = 126;
constexpr int not_found = 127;

// A command that the task's log names, as it is typed here: the container takes Snow White's own
// names only.
class TypedProgram {
public:
    explicit TypedProgram(const std::string& typed)
        : logged_(report::shell_word(container_program(typed)) + " -a "),
          typed_(report::shell_word(typed) + " -a ") {}

    std::string in_command(std::string command) const {
        if (command.starts_with(logged_)) command.replace(0, logged_.size(), typed_);
        return command;
    }
    // A line that says what to do next.
    std::string in_line(std::string line) const {
        if (!report::without_time(line).starts_with("  next: ")) return line;
        const auto at = line.find(": " + logged_);
        if (at != std::string::npos) line.replace(at + 2, logged_.size(), typed_);
        return line;
    }

private:
    std::string logged_;
    std::string typed_;
};

class TaskFollower {
public:
    TaskFollower(aws::Client& logs, const LogLocation& log, const Request& request,
                 Context& context)
        : logs_(logs), log_(log), context_(context), action_(request.action),
          program_(request.program),
          view_(request.live_progress ? make_progress_view(run_info_of(request), context)
                                      : nullptr) {}

    void wait(Duration duration) {
        TickingClock ticking(context_.clock, [this] { view_->tick(); });
        Clock& clock = view_ ? static_cast<Clock&>(ticking) : context_.clock;
        clock.wait(duration);
    }

    // The whole log was read, and the run's report is not in it.
    bool lacks_report() const { return at_end_ && !log_.group.empty() && !has_reported_; }

    // Ends the progress screen: later lines come below all that the task has logged.
    void leave() {
        if (view_) view_->leave();
    }

    // Prints every new page. A page may be empty or partial while more follow; at the end the token
    // repeats (GetLogEvents' API reference). False: there was nothing new.
    bool print_new_lines() {
        bool any = false;
        for (at_end_ = log_.group.empty(); !at_end_ && !context_.clock.interrupted();) {
            const auto page = aws::get_log_events(logs_, log_.group, log_.stream, token_);
            if (!page) { // it does not exist yet, or may not be read: ECS shows the task's end
                may_read_ = is_transient(page.error().kind) ||
                            page.error().kind == aws::ErrorKind::not_found;
                break;
            }
            may_read_ = true;
            for (const auto& line : page->lines)
                relay(line);
            any = any || !page->lines.empty();
            at_end_ = page->next_token == token_;
            token_ = page->next_token;
        }
        return any;
    }

    // For a task that has stopped: until its log ends and has shown the report, or the timeout.
    void print_last_lines(bool has_run) {
        const Duration started = context_.clock.elapsed();
        const Duration timeout = has_run ? last_lines_timeout : last_lines_timeout_without_run;
        for (;;) {
            print_new_lines();
            const bool is_complete = at_end_ && (has_reported_ || log_.group.empty());
            if (is_complete || !may_read_ || context_.clock.interrupted() ||
                context_.clock.elapsed() - started >= timeout)
                return;
            wait(shortest_log_pause);
        }
    }

    bool print_change(const aws::Task& task) {
        outage_began_.reset();
        if (task.last_status == status_) return false;
        status_ = task.last_status;
        const std::string text = "task is " + status_;
        if (view_)
            view_->write(text);
        else if (!print_json_event(context_, {"task", {{"status", status_}}}))
            print_line(context_, report::with_time(text, context_.clock.now()));
        return true;
    }

    // Prints the error, once for each outage. True: keep polling.
    bool retry_during_outage(const aws::Error& error) {
        if (!is_transient(error.kind) && error.kind != aws::ErrorKind::not_found) return false;
        const Duration now = context_.clock.elapsed();
        if (!outage_began_) {
            outage_began_ = now;
            const std::string text = aws::describe(error) + "; trying again";
            if (view_)
                view_->write(text);
            else
                print_error(context_, text);
        }
        return error.kind != aws::ErrorKind::not_found ||
               now - *outage_began_ < unknown_task_timeout;
    }

private:
    // With --json the task logs events, and each is printed as it is, except for `ended`, which
    // this process prints itself. Any other line is from the runtime or an older image.
    void relay(const std::string& line) {
        has_reported_ = has_reported_ || report::is_headline(report::without_time(line), action_);
        if (view_) {
            if (const auto snapshot = report::parse_snapshot(line)) return view_->handle(*snapshot);
            return view_->relay(program_.in_line(line));
        }
        if (!context_.json) return print_line(context_, program_.in_line(line));
        auto event = report::OrderedJson::parse(line, nullptr, false);
        if (!event.is_object() || !event.contains("v") || !event.contains("event"))
            print_json_event(context_, {"log", {{"text", line}}});
        else if (event["event"] == "ended")
            has_reported_ = true;
        else
            relay_event(event);
    }

    void relay_event(report::OrderedJson& event) {
        const report::OrderedJson::json_pointer place("/next/command");
        if (event["event"] == "report" && event.contains(place) && event[place].is_string())
            event[place] = program_.in_command(event[place].get<std::string>());
        write_line(context_.out, event.dump(-1, ' ', true));
    }

    aws::Client& logs_;
    const LogLocation& log_;
    Context& context_;
    drain::Action action_;
    TypedProgram program_;
    std::unique_ptr<report::ProgressReporter> view_; // none: lines are printed
    std::string token_;
    bool at_end_ = false;  // the log's token has repeated
    bool may_read_ = true; // reading the log is not denied
    bool has_reported_ = false;
    std::string status_;
    std::optional<Duration> outage_began_;
};

// By StopTask before its container ran, or by --cancel. The monitor itself only sees a signal.
bool was_cancelled(const aws::Task& task) {
    if (!task.stopped_by_user || !task.exit_code) return task.stopped_by_user;
    return *task.exit_code == static_cast<int>(ExitCode::interrupted) &&
           task.stopped_reason.ends_with(cancel_mark);
}

// A container that failed to start has a reason and no exit code, or is not listed at all: then the
// task's own reason is printed, too. If both are the same, it is printed once.
std::string why_without_result(const aws::Task& task) {
    std::string why = task.stopped_reason;
    if (!task.container_reason.empty() && why.find(task.container_reason) == std::string::npos)
        why += (why.empty() ? "" : ": ") + task.container_reason;
    if (why.empty()) why = "ECS gives no reason";
    return task.exit_code ? fmt::format("{} (exit code {})", why, *task.exit_code) : why;
}

struct StartFailure {
    std::string_view sign; // in ECS's reason
    std::string_view fix;
};

// Source: "Amazon ECS stopped tasks error messages".
constexpr StartFailure start_failures[] = {
    {"CannotPull", "push the image (README, \"The image\"), or check the way to the registry with "
                   "--dry-run"},
    {"ecr registry auth",
     "its execution role may not call ecr:GetAuthorizationToken, or the way to "
     "ECR is closed: update the stack, or check the way with --dry-run"},
    {"unable to retrieve secret", "update the stack: its execution role reads the task's secrets"},
    {"logger", "check the stack's log group"}};

void print_start_failure(const aws::Task& task, Context& context) {
    const std::string why = why_without_result(task);
    const auto* const known = std::ranges::find_if(start_failures, [&why](const auto& one) {
        return why.find(one.sign) != std::string::npos;
    });
    print_error(context, "the task never started, and nothing was sent: {}; {}", why,
                known == std::end(start_failures)
                    ? "the same command with --dry-run names what is missing"
                    : known->fix);
}

bool has_unrunnable_program(const aws::Task& task) {
    return task.exit_code == not_executable || task.exit_code == not_found;
}

void print_unrunnable(const aws::Task& task, Context& context) {
    print_error(context,
                "the image's program cannot be run, and nothing was sent: {}; push the image "
                "again (README, \"The image\")",
                why_without_result(task));
}

bool is_run_result(const aws::Task& task) {
    return task.exit_code && *task.exit_code >= 0 &&
           *task.exit_code <= static_cast<int>(ExitCode::unavailable);
}

// The container is the same program, so that its exit codes are ours.
ExitCode result_of(const aws::Task& task, bool lacks_report, const Request& request,
                   Context& context) {
    if (was_cancelled(task)) {
        print_error(context, "the task was stopped{}: {}",
                    task.exit_code ? "" : " before it began, and sent nothing",
                    task.stopped_reason);
        return ExitCode::cancelled;
    }
    // After a person's StopTask, or when ECS retires the task to update its host. Source:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html
    if (task.exit_code == static_cast<int>(ExitCode::interrupted) && !task.stopped_reason.empty())
        print_error(context,
                    "the task was stopped: {}; a {} that it has sent continues, and the same "
                    "command follows it",
                    task.stopped_reason, name_of(request.action));
    if (is_run_result(task)) {
        // After wrong input there is none. After a success it may only be late.
        if (lacks_report && *task.exit_code != static_cast<int>(ExitCode::usage) &&
            *task.exit_code != static_cast<int>(ExitCode::done))
            print_error(context,
                        "the task ended with exit code {}, and its log has no report: what it has "
                        "sent is not known; the same command finds out",
                        *task.exit_code);
        return static_cast<ExitCode>(*task.exit_code);
    }
    if (has_unrunnable_program(task)) {
        print_unrunnable(task, context);
        return ExitCode::refused;
    }
    if (task.failed_to_start) {
        print_start_failure(task, context);
        return ExitCode::refused;
    }
    print_error(
        context,
        "the task ended without a result: {}; what it has sent is not known, and continues; "
        "the same command finds out",
        why_without_result(task));
    return task.exit_code == static_cast<int>(ExitCode::internal) ? ExitCode::internal
                                                                  : ExitCode::refused;
}

} // namespace

LogLocation log_location(const aws::TaskDefinition& definition, const TaskArn& task) {
    return {.container = definition.container,
            .group = definition.log_group,
            .stream = fmt::format("{}/{}/{}", definition.log_stream_prefix, definition.container,
                                  name_of_arn(task.text)),
            .region = definition.log_region};
}

std::string how_to_follow(const LogLocation& log, const Request& request) {
    if (log.group.empty()) return "follow it in Slack: the task has no CloudWatch log";
    return fmt::format(
        "follow it: aws logs tail {} --log-stream-names {} --follow --region {} --profile {}",
        log.group, log.stream, log.region, request.profile());
}

ExitCode follow(aws::Client& cluster, const LogLocation& log, const TaskArn& task,
                const Request& request, Context& context) {
    aws::Client logs = cluster.in(log.region);
    TaskFollower follower(logs, log, request, context);
    for (Duration pause = shortest_log_pause;;) {
        const auto now = aws::describe_task(cluster, request.settings.cluster, task, log.container);
        if (!now && !follower.retry_during_outage(now.error())) {
            follower.leave();
            return fail(now.error(),
                        "no longer watching; if the task still runs, its answer comes by Slack",
                        context);
        }
        if (now && now->last_status == "STOPPED") {
            follower.print_last_lines(now->exit_code.has_value());
            follower.print_change(*now);
            follower.leave();
            return result_of(*now, follower.lacks_report(), request, context);
        }
        const bool has_new_lines = follower.print_new_lines();
        const bool has_new_status = now && follower.print_change(*now);
        pause = has_new_status || has_new_lines
                    ? shortest_log_pause
                    : std::min<Duration>(longest_log_pause, pause * 3 / 2);
        follower.wait(pause);
        if (context.clock.interrupted()) {
            follower.leave();
            print_error(context,
                        "no longer watching; the task continues, and its answer comes by Slack");
            print_line(context, how_to_follow(log, request));
            print_line(context, "to end it: {}", report::cancel_line(run_info_of(request)));
            return ExitCode::interrupted;
        }
    }
}

ExitCode await_start(aws::Client& cluster, const LogLocation& log, const TaskArn& task,
                     const Request& request, Context& context) {
    const std::string& name = request.settings.cluster;
    const Duration end = context.clock.elapsed() + start_timeout;
    std::string status = "PROVISIONING";
    while (context.clock.elapsed() < end && !context.clock.interrupted()) {
        const auto now = aws::describe_task(cluster, name, task, log.container);
        if (now && now->failed_to_start) {
            print_start_failure(*now, context);
            return ExitCode::refused;
        }
        if (now && has_unrunnable_program(*now)) {
            print_unrunnable(*now, context);
            return ExitCode::refused;
        }
        if (now) status = now->last_status;
        if (now && status != "PROVISIONING" && status != "PENDING" && status != "ACTIVATING") {
            print_line(context, "the task has started");
            return ExitCode::done;
        }
        if (!now && !is_transient(now.error().kind) &&
            now.error().kind != aws::ErrorKind::not_found) {
            print_error(context, "whether the task has started is not known: {}",
                        aws::describe(now.error()));
            return ExitCode::done;
        }
        context.clock.wait(longest_log_pause / 2);
    }
    print_error(context,
                "the task has not started yet ({}); look with: aws ecs describe-tasks --cluster {} "
                "--tasks {} --region {} --profile {}",
                status, name, task.text, request.settings.cluster_region, request.profile());
    return ExitCode::done;
}

} // namespace snow_white::cli
