// `-a jobs`: what Sidekiq's own Redis says. It asks nothing of AWS.
#include "src/base/printable.hpp"
#include "src/base/ticking_clock.hpp"
#include "src/cli/commands/redis_access.hpp"
#include "src/cli/session/progress_view.hpp"
#include "src/report/json/jobs_json.hpp"
#include "src/report/terminal/jobs_screen.hpp"

namespace snow_white::cli {

namespace {

// On a terminal as wide as that; in a pipe all columns.
report::JobsFormat jobs_format(const Context& context) {
    if (!can_be_drawn_on(context)) return {};
    return {.width = report::AlternateScreen(context.out, false).size().width};
}

void print_jobs(const sidekiq::Snapshot& snapshot, Context& context) {
    if (context.json)
        report::jobs_events(snapshot, [&context](const report::JsonEvent& event) {
            print_json_event(context, event);
        });
    print_line(context, report::jobs_sentence(snapshot));
    for (const auto& note : report::jobs_notes(snapshot))
        print_line(context, note);
    if (context.json || snapshot.jobs.empty()) return;
    for (const auto& line : report::jobs_table(snapshot, jobs_format(context)))
        print_line(context, line);
}

// Shows each look of --watch: on a terminal in place, elsewhere one below the other.
class JobsWatcher {
public:
    JobsWatcher(const std::string& source, Duration interval, Context& context)
        : context_(context), drawn_(can_be_drawn_on(context)),
          terminal_(context.out, context.environment.get("NO_COLOR").empty()),
          jobs_(source, interval) {}

    void show(const sidekiq::Snapshot& snapshot) {
        jobs_.take(snapshot);
        if (drawn_) return draw();
        if (!context_.json) print_line(context_, iso_time(snapshot.at));
        print_jobs(snapshot, context_);
        if (!context_.json && !jobs_.changes().empty()) print_line(context_, jobs_.changes());
    }

    // The previous look stays on the screen.
    void show_failure(const std::string& why) {
        jobs_.fail(why);
        if (drawn_) return draw();
        print_error(context_, why + "; asking on");
    }

    void wait(Duration duration) {
        TickingClock ticking(context_.clock, [this] {
            if (terminal_.is_drawn()) draw(); // the window may have another size
        });
        ticking.wait(duration);
    }

    // Ends the alternate screen, and prints the latest look below the command.
    void leave() {
        if (!terminal_.is_drawn()) return;
        std::vector<std::string> lines;
        for (const auto& line : jobs_.whole(terminal_.size().width))
            lines.push_back(printable(line));
        terminal_.leave(lines);
    }

private:
    void draw() { terminal_.draw(jobs_.draw(terminal_.size())); }

    Context& context_;
    bool drawn_;
    report::AlternateScreen terminal_;
    report::JobsScreen jobs_;
};

ExitCode end_with(const RedisFailure& failure, Context& context) {
    if (context.clock.interrupted()) return ExitCode::interrupted;
    print_error(context, failure.why + (failure.fix.empty() ? "" : "; ") + failure.fix);
    return failure.code;
}

// A Redis that answered once may restart: it is asked on.
ExitCode watch_jobs(RedisAccess& redis, const Request& request, Context& context) {
    JobsWatcher watcher(redis.source(), *request.watch_interval, context);
    bool has_answered = false;
    while (!context.clock.interrupted()) {
        const auto snapshot = redis.look();
        if (context.clock.interrupted()) break;
        if (!snapshot && (!has_answered || snapshot.error().code == ExitCode::denied)) {
            watcher.leave();
            return end_with(snapshot.error(), context);
        }
        has_answered = true;
        if (snapshot)
            watcher.show(*snapshot);
        else
            watcher.show_failure(snapshot.error().why);
        if (std::ferror(context.out) != 0) return ExitCode::done; // main says it
        watcher.wait(*request.watch_interval);
    }
    watcher.leave();
    return ExitCode::interrupted;
}

} // namespace

ExitCode jobs(const Request& request, Context& context) {
    const auto addresses = redis_of(request, context.environment);
    if (!addresses) {
        print_error(context, addresses.error().message);
        return ExitCode::usage;
    }
    RedisAccess redis(*addresses, context);
    if (request.watch_interval) return watch_jobs(redis, request, context);
    const auto snapshot = redis.look();
    if (!snapshot) return end_with(snapshot.error(), context);
    print_jobs(*snapshot, context);
    return context.clock.interrupted() ? ExitCode::interrupted : ExitCode::done;
}

} // namespace snow_white::cli
