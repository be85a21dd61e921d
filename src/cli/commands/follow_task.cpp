#include "src/cli/commands/follow_task.hpp"

#include "src/aws/services/logs.hpp"
#include "src/base/ticking_clock.hpp"
#include "src/cli/commands/cancel_tasks.hpp"
#include "src/cli/session/progress_view.hpp"
#include "src/report/json/progress_json.hpp"
#include "src/report/text/summary.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::cli {

namespace {

constexpr std::chrono::milliseconds shortest_log_pause{1'000};
constexpr std::chrono::milliseconds longest_log_pause{5'000};
// A task's last lines come to CloudWatch after its end; when, nobody promises.
constexpr std::chrono::seconds log_patience{15};
constexpr std::chrono::seconds log_patience_with_none{2}; // its container never ran
constexpr std::chrono::milliseconds log_pause{1'000};
// ECS may not know a task just after its start, and forgets it about an hour after its end.
constexpr std::chrono::minutes absent_patience{1};

class Follower {
public:
    Follower(aws::Client& logs, const LogLocation& log, const Request& request, Context& context)
        : logs_(logs), log_(log), context_(context), action_(request.action),
          view_(request.live_progress ? view_for(request, run_info_of(request), context)
                                      : nullptr) {}

    void wait(Duration duration) {
        TickingClock ticking(context_.clock, [this] { view_->tick(); });
        Clock& clock = view_ ? static_cast<Clock&>(ticking) : context_.clock;
        clock.wait(duration);
    }

    // Gives the terminal back: what is said from now on stands below all that the task has said.
    void leave() {
        if (view_) view_->leave();
    }

    // Prints what is new, every page: one may be empty or partial while more follow, and the end is
    // a token that repeats (GetLogEvents' API reference). False when there was nothing.
    bool print_new_lines() {
        bool any = false;
        for (at_end_ = log_.group.empty(); !at_end_ && !context_.clock.interrupted();) {
            const auto page = aws::get_log_events(logs_, log_.group, log_.stream, token_);
            if (!page) { // not there yet, or not ours to read: the task's end is seen all the same
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

    // Of a task that has stopped: until its log is at its end and the report was in it, or for a
    // while.
    void print_the_rest(bool has_run) {
        const Duration begun = context_.clock.elapsed();
        const Duration log_ends = has_run ? log_patience : log_patience_with_none;
        for (;;) {
            print_new_lines();
            const bool all = at_end_ && (has_reported_ || log_.group.empty());
            if (all || !may_read_ || context_.clock.interrupted() ||
                context_.clock.elapsed() - begun >= log_ends)
                return;
            wait(log_pause);
        }
    }

    bool print_change(const aws::Task& task) {
        unseen_since_.reset();
        if (task.last_status == status_) return false;
        status_ = task.last_status;
        const std::string words = "task is " + status_;
        if (view_)
            view_->write(words);
        else if (!print_json_event(context_, {"task", {{"status", status_}}}))
            print_line(context_, words);
        return true;
    }

    // Says so, once for each time that AWS falls silent. True while it is worth watching on.
    bool bear(const aws::Error& error) {
        if (!is_transient(error.kind) && error.kind != aws::ErrorKind::not_found) return false;
        const Duration now = context_.clock.elapsed();
        if (!unseen_since_) {
            unseen_since_ = now;
            const std::string words = aws::describe(error) + "; watching on";
            if (view_)
                view_->write(words);
            else
                print_error(context_, words);
        }
        return error.kind != aws::ErrorKind::not_found || now - *unseen_since_ < absent_patience;
    }

private:
    // With --json the task logs events, and they are passed on as they are, but for how it ended:
    // that is ours to say. A line that is none comes from something else: the runtime, an older
    // image.
    void relay(const std::string& line) {
        has_reported_ = has_reported_ || report::is_headline(report::without_time(line), action_);
        if (view_) return draw(line);
        if (!context_.json) return print_line(context_, line);
        const auto event = report::OrderedJson::parse(line, nullptr, false);
        if (!event.is_object() || !event.contains("v") || !event.contains("event"))
            print_json_event(context_, {"log", {{"text", line}}});
        else if (event["event"] == "ended")
            has_reported_ = true;
        else
            fmt::print(context_.out, "{}\n", event.dump(-1, ' ', true));
        std::fflush(context_.out);
    }

    void draw(const std::string& line) {
        if (const auto standing = report::parse_standing(line))
            view_->handle(*standing);
        else
            view_->relay(line);
    }

    aws::Client& logs_;
    const LogLocation& log_;
    Context& context_;
    drain::Action action_;
    std::unique_ptr<report::ProgressReporter> view_; // none: lines
    std::string token_;
    bool at_end_ = false;  // the log's token has repeated
    bool may_read_ = true; // the log is not refused
    bool has_reported_ = false;
    std::string status_;
    std::optional<Duration> unseen_since_;
};

// By StopTask before its container ran, or by --cancel: the monitor itself knows of a signal only.
bool was_cancelled(const aws::Task& task) {
    if (!task.stopped_by_user || !task.exit_code) return task.stopped_by_user;
    return *task.exit_code == static_cast<int>(ExitCode::interrupted) &&
           task.stopped_reason.ends_with(cancel_mark);
}

// A container that failed to start has a reason and no exit code, or is not named at all: the
// task's own reason is told then, too. Where both say the same it is told once.
std::string why_without_result(const aws::Task& task) {
    std::string why = task.stopped_reason;
    if (!task.container_reason.empty() && why.find(task.container_reason) == std::string::npos)
        why += (why.empty() ? "" : ": ") + task.container_reason;
    if (why.empty()) why = "ECS gives no reason";
    return task.exit_code ? fmt::format("{} (exit code {})", why, *task.exit_code) : why;
}

// The monitor's own exit code means the same here: it is the same program.
ExitCode end_of(const aws::Task& task, Context& context) {
    if (was_cancelled(task)) {
        print_error(context, fmt::format("the task was stopped{}: {}",
                                         task.exit_code ? "" : " before it began, and sent nothing",
                                         task.stopped_reason));
        return ExitCode::cancelled;
    }
    // By a person's StopTask, and by ECS itself: it retires a task whose host it needs. Source:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html
    if (task.exit_code == static_cast<int>(ExitCode::interrupted) && !task.stopped_reason.empty())
        print_error(
            context,
            fmt::format(
                "the task was told to end: {}; the workers go on as told, and the same command "
                "picks them up",
                task.stopped_reason));
    if (task.exit_code && *task.exit_code >= 0 &&
        *task.exit_code <= static_cast<int>(ExitCode::unavailable))
        return static_cast<ExitCode>(*task.exit_code);
    print_error(
        context,
        fmt::format(
            "the task ended without a result: {}; what it has sent goes on: run the same command "
            "again to pick it up",
            why_without_result(task)));
    return task.exit_code == static_cast<int>(ExitCode::internal) ? ExitCode::internal
                                                                  : ExitCode::refused;
}

} // namespace

LogLocation log_place(const aws::TaskDefinition& definition, const TaskArn& task) {
    const std::string id = name_in(task.text);
    return {.container = definition.container,
            .group = definition.log_group,
            .stream =
                fmt::format("{}/{}/{}", definition.log_stream_prefix, definition.container, id),
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
    Follower follower(logs, log, request, context);
    for (Duration pause = shortest_log_pause;;) {
        const auto seen =
            aws::describe_task(cluster, request.settings.cluster, task, log.container);
        if (!seen && !follower.bear(seen.error())) {
            follower.leave();
            return fail(seen.error(),
                        "no longer watching; if the task still runs, its answer comes by Slack",
                        context);
        }
        const bool stopped = seen && seen->last_status == "STOPPED";
        if (stopped) {
            follower.print_the_rest(seen->exit_code.has_value());
            follower.print_change(*seen);
            follower.leave();
            return end_of(*seen, context);
        }
        const bool log_news = follower.print_new_lines();
        const bool status_news = seen && follower.print_change(*seen);
        pause = status_news || log_news ? shortest_log_pause
                                        : std::min<Duration>(longest_log_pause, pause * 3 / 2);
        follower.wait(pause);
        if (context.clock.interrupted()) {
            follower.leave();
            print_error(context,
                        "no longer watching; the task goes on, and its answer comes by Slack");
            return ExitCode::interrupted;
        }
    }
}

} // namespace snow_white::cli
