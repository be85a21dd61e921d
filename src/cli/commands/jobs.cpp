// `-a jobs`: what Sidekiq's own Redis says. It asks nothing of AWS.
#include "src/cli/commands/redis_access.hpp"
#include "src/cli/session/watched_screen.hpp"
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

using JobsWatch = WatchedScreen<report::JobsScreen>;

void show(JobsWatch& screen, const sidekiq::Snapshot& snapshot, Context& context) {
    screen.content().take(snapshot);
    screen.show(snapshot.at, [&] { print_jobs(snapshot, context); });
}

void show(JobsWatch& screen, const RedisFailure& failure) {
    screen.content().fail(failure.why);
    screen.show_failure(failure.why + "; asking on");
}

ExitCode end_with(const RedisFailure& failure, Context& context) {
    if (context.clock.interrupted()) return ExitCode::interrupted;
    print_error(context, failure.why + (failure.fix.empty() ? "" : "; ") + failure.fix);
    return failure.code;
}

// A Redis that answered once may restart: it is asked on.
ExitCode watch_jobs(RedisAccess& redis, const Request& request, Context& context) {
    JobsWatch screen({redis.source(), *request.watch_interval}, context);
    bool has_answered = false;
    while (!context.clock.interrupted()) {
        const auto snapshot = redis.look();
        if (context.clock.interrupted()) break;
        if (!snapshot && (!has_answered || snapshot.error().code == ExitCode::denied)) {
            screen.leave();
            return end_with(snapshot.error(), context);
        }
        has_answered = true;
        if (snapshot)
            show(screen, *snapshot, context);
        else
            show(screen, snapshot.error());
        if (std::ferror(context.out) != 0) return ExitCode::done; // main says it
        screen.wait(*request.watch_interval);
    }
    screen.leave();
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
