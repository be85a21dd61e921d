#include "src/report/text/status_table.hpp"

#include "src/base/printable.hpp"
#include "src/base/ticking_clock.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/progress_view.hpp"
#include "src/drain/model/pods.hpp"
#include "src/drain/run/event_aggregator.hpp"
#include "src/drain/run/status_query.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

struct FleetStatus {
    std::vector<report::InstanceStatus> instances;
    std::vector<std::string> unavailable; // "not seen: …"
    ExitCode code = ExitCode::done;
};

struct Failure {
    std::string why;
    ExitCode code = ExitCode::done;
    bool is_retryable = false; // it may be temporary
};

tl::unexpected<Failure> failure(const aws::Error& error, const std::string& fix) {
    return tl::unexpected(Failure{aws::describe(error) + "; " + fix,
                                  code_of(verdict_of(error.kind)), is_transient(error.kind)});
}

tl::unexpected<Failure> no_match(RegionSession& region) {
    const auto why = why_nothing_matched(region);
    if (!why) return failure(why.error(), "nothing was asked");
    return tl::unexpected(Failure{*why, ExitCode::nothing_matched});
}

// Partial: something could not be seen, or an instance has not answered.
FleetStatus status_of(const fleet::FleetSnapshot& fleet,
                      const std::vector<drain::InvocationResult>& results) {
    FleetStatus status{.instances = report::statuses_of(fleet, results), .unavailable = {}};
    for (const auto& what : fleet.unavailable)
        status.unavailable.push_back("not seen: " + what);
    for (const auto& environment : fleet.environments)
        if (runs_pods(environment)) {
            status.unavailable.push_back("not seen: " + drain::pods_out_of_reach(environment.name));
            status.code = ExitCode::partial;
        }
    if (!fleet.instances || !std::ranges::all_of(status.instances, report::is_known))
        status.code = ExitCode::partial;
    return status;
}

tl::expected<FleetStatus, Failure> query_region(RegionSession& region, Clock& clock) {
    const Stack& stack = region.request.stack;
    const auto fleet = fleet::discover(region.workers, region.query);
    if (!fleet) return failure(fleet.error(), "nothing was asked");
    if (fleet->environments.empty()) return no_match(region);
    if (fleet->instances && fleet->instances->empty()) return status_of(*fleet, {});
    const auto document = region.physical_id(stack.status_document);
    if (!document) return failure(document.error(), deployment_hint(stack, region.target.region));
    const drain::RegionJob job{
        .query = region.query, .status_document = *document, .comment = "snow-white status"};
    const auto results = drain::ask_workers(region.workers, clock, job, *fleet);
    if (results) return status_of(*fleet, *results);
    const auto kind = results.error().kind;
    return tl::unexpected(Failure{results.error().why, code_of(drain::verdict_of(kind)),
                                  kind == drain::CallFailure::Kind::unavailable ||
                                      kind == drain::CallFailure::Kind::lost});
}

// One region after the other. A failure is an error only if every region fails; otherwise it is a
// line beside the other regions' workers.
tl::expected<FleetStatus, Failure> query_all(AwsSessions& sessions, Clock& clock) {
    auto& regions = sessions.regions();
    if (regions.size() == 1) return query_region(regions.front(), clock);
    FleetStatus all;
    Failure failures;
    std::vector<ExitCode> codes;
    for (auto& region : regions) {
        const std::string& label = region.target.name;
        auto status = query_region(region, clock);
        codes.push_back(status ? status->code : status.error().code);
        if (!status) {
            const std::string why = drain::prefix_region(label, status.error().why);
            all.unavailable.push_back(why);
            failures.why += (failures.why.empty() ? "" : "; ") + why;
            failures.is_retryable |= status.error().is_retryable;
            continue;
        }
        for (auto& one : status->instances) {
            one.instance.environment = drain::qualify(label, one.instance.environment);
            all.instances.push_back(std::move(one));
        }
        for (const auto& what : status->unavailable)
            all.unavailable.push_back(drain::prefix_region(label, what));
    }
    all.code = failures.code = drain::combine_verdicts(codes, ExitCode::done, ExitCode::partial,
                                                       ExitCode::nothing_matched);
    if (all.unavailable.size() == regions.size() && all.instances.empty())
        return tl::unexpected(failures);
    return all;
}

void print_status(const FleetStatus& status, Context& context) {
    if (context.json)
        for (const auto& one : status.instances)
            print_json_event(context, report::status_event(one));
    else
        for (const auto& line : report::status_table(status.instances))
            print_line(context, line);
    print_line(context, report::status_sentence(status.instances));
    for (const auto& what : status.unavailable)
        print_error(context, what);
}

// Shows each status of --watch: on a terminal in place, elsewhere one below the other.
class StatusWatcher {
public:
    StatusWatcher(const Request& request, Context& context)
        : request_(request), context_(context), drawn_(can_be_drawn_on(context)),
          screen_(context.out, context.environment.get("NO_COLOR").empty()) {}

    void show(const FleetStatus& status) {
        table_ = report::status_table(status.instances);
        summary_ = {report::status_sentence(status.instances)};
        summary_.insert(summary_.end(), status.unavailable.begin(), status.unavailable.end());
        at_ = context_.clock.now();
        if (drawn_) return draw();
        if (!context_.json) print_line(context_, iso_time(at_));
        print_status(status, context_);
    }

    // The previous table stays on the screen.
    void show(const Failure& failure) {
        summary_ = {failure.why + "; asking on"};
        if (drawn_) return draw();
        print_error(context_, summary_.front());
    }

    void wait(Duration duration) {
        TickingClock ticking(context_.clock, [this] {
            if (screen_.is_drawn()) draw(); // the window may have another size
        });
        ticking.wait(duration);
    }

    // Ends the alternate screen, and prints the latest status below the command.
    void leave() {
        std::vector<std::string> lines;
        for (const auto* part : {&table_, &summary_})
            for (const auto& line : *part)
                lines.push_back(printable(line));
        screen_.leave(screen_.is_drawn() ? lines : std::vector<std::string>{});
    }

private:
    void draw() {
        const report::Screen size = screen_.size();
        std::vector<std::string> lines{fmt::format(
            "\"{}\" of {} in {}, {}; each {}; Ctrl-C ends it", report::in_brief(request_.pattern),
            request_.application, fmt::join(request_.regions, ", "), iso_time(at_),
            report::in_words(*request_.watch_interval))};
        lines.insert(lines.end(), summary_.begin(), summary_.end());
        const std::size_t room = size.height - std::min(size.height, lines.size());
        const std::size_t shown =
            table_.size() <= room ? table_.size() : room - std::min<std::size_t>(room, 1);
        std::copy_n(table_.begin(), shown, std::back_inserter(lines));
        if (shown < table_.size())
            lines.push_back(fmt::format("and {} more lines", table_.size() - shown));
        for (auto& line : lines)
            line = truncate_ascii(line, size.width);
        screen_.draw(lines);
    }

    const Request& request_;
    Context& context_;
    bool drawn_;
    report::AlternateScreen screen_;
    std::vector<std::string> table_;
    std::vector<std::string> summary_;
    Instant at_{};
};

ExitCode watch(AwsSessions& sessions, const Request& request, Context& context) {
    StatusWatcher watcher(request, context);
    while (!context.clock.interrupted()) {
        const auto status = query_all(sessions, context.clock);
        if (context.clock.interrupted()) break;
        if (!status && !status.error().is_retryable) {
            watcher.leave();
            print_error(context, status.error().why);
            return status.error().code;
        }
        if (status)
            watcher.show(*status);
        else
            watcher.show(status.error());
        watcher.wait(*request.watch_interval);
    }
    watcher.leave();
    return ExitCode::interrupted;
}

} // namespace

ExitCode status(const Request& request, Context& context) {
    AwsSessions sessions(request, request.region(), context);
    if (request.watch_interval) return watch(sessions, request, context);
    const auto status = query_all(sessions, context.clock);
    if (status)
        print_status(*status, context);
    else
        print_error(context, status.error().why);
    if (context.clock.interrupted()) return ExitCode::interrupted;
    return status ? status->code : status.error().code;
}

} // namespace snow_white::cli
