#include "src/report/terminal/status_screen.hpp"

#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/sidekiq_redis.hpp"
#include "src/cli/session/watched_screen.hpp"
#include "src/drain/machine/sidekiq_witness.hpp"
#include "src/drain/model/pods.hpp"
#include "src/drain/model/sidekiq_text.hpp"
#include "src/drain/run/event_aggregator.hpp"
#include "src/drain/run/status_query.hpp"

#include <algorithm>

namespace snow_white::cli {

namespace {

struct FleetStatus {
    std::vector<report::InstanceStatus> instances;
    std::vector<std::string> unavailable; // "not seen: …"
    bool lists_all = true;                // false: a region or EC2 did not list its instances
    drain::SidekiqView sidekiq = {};
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
    if (!why) return failure(why.error(), "no worker was asked");
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
    status.lists_all = fleet.instances.has_value();
    if (!fleet.instances || !std::ranges::all_of(status.instances, report::is_known))
        status.code = ExitCode::partial;
    return status;
}

tl::expected<FleetStatus, Failure> query_region(RegionSession& region, Clock& clock) {
    const auto fleet = fleet::discover(region.workers, region.query);
    if (!fleet) return failure(fleet.error(), "no worker was asked");
    if (fleet->environments.empty()) return no_match(region);
    if (fleet->instances && fleet->instances->empty()) return status_of(*fleet, {});
    const auto job = region.status_job();
    if (!job)
        return failure(job.error(), deployment_hint(region.request.stack, region.target.region));
    const auto results = drain::ask_workers(region.workers, clock, *job, *fleet);
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
            all.lists_all = false;
            continue;
        }
        all.lists_all = all.lists_all && status->lists_all;
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

drain::Targets targets_of(const FleetStatus& status) {
    drain::Targets targets;
    for (const auto& one : status.instances)
        targets.instances[one.instance.id] = {.environment = one.instance.environment,
                                              .ec2_state = one.instance.ec2_state,
                                              .host = one.instance.host,
                                              .workers = one.workers};
    return targets;
}

// What Sidekiq's Redis says about these instances.
void add_sidekiq(FleetStatus& status, const ReadSidekiq& read) {
    if (!read) return;
    drain::SidekiqWitness witness;
    if (const auto snapshot = read())
        apply_snapshot(witness, *snapshot, targets_of(status));
    else
        apply_failure(witness, snapshot.error());
    const auto why = unread_text(witness.view);
    if (!why.empty() && !witness.view.fleet_is_stopped) status.unavailable.push_back(why);
    status.sidekiq = std::move(witness.view);
}

// The jobs by name, who else takes from the queues, and what waits there.
std::vector<std::string> sidekiq_lines(const drain::SidekiqView& view, Instant now) {
    std::vector<std::string> lines;
    if (auto jobs = jobs_text(view, now); !jobs.empty()) lines.push_back(std::move(jobs));
    if (const auto others = others_text(view); !others.empty())
        lines.push_back("not of these environments: " + others);
    if (view.source == drain::SidekiqView::Source::unrelated && view.fleet_is_stopped)
        lines.push_back(unread_text(view));
    if (auto waiting = waiting_text(view, false); !waiting.empty())
        lines.push_back(std::move(waiting));
    return lines;
}

tl::expected<FleetStatus, Failure> query(AwsSessions& sessions, const ReadSidekiq& read_sidekiq,
                                         Clock& clock) {
    auto status = query_all(sessions, clock);
    if (status) add_sidekiq(*status, read_sidekiq);
    return status;
}

// On a terminal as wide as that; in a pipe all columns.
report::TableFormat table_format(const Context& context) {
    if (!can_be_drawn_on(context)) return {};
    return {.width = report::AlternateScreen(context.out, false).size().width};
}

void print_status(const FleetStatus& status, Context& context) {
    if (context.json)
        for (const auto& one : status.instances)
            print_json_event(context, report::status_event(one));
    else
        for (const auto& line :
             report::status_table(report::status_rows(status.instances), table_format(context)))
            print_line(context, line);
    print_line(context, report::status_sentence(status.instances));
    if (context.json && status.sidekiq.source != drain::SidekiqView::Source::not_asked)
        print_json_event(context, report::sidekiq_event(status.sidekiq));
    for (const auto& line : sidekiq_lines(status.sidekiq, context.clock.now()))
        print_line(context, line);
    for (const auto& what : status.unavailable)
        print_error(context, what);
}

using StatusWatch = WatchedScreen<report::StatusScreen>;

void show(StatusWatch& screen, const FleetStatus& status, Context& context) {
    const Instant at = context.clock.now();
    screen.content().take(status.instances, status.unavailable, status.lists_all, at,
                          sidekiq_lines(status.sidekiq, at));
    screen.show(at, [&] { print_status(status, context); });
}

void show(StatusWatch& screen, const Failure& failure) {
    screen.content().fail(failure.why);
    screen.show_failure(failure.why + "; trying again");
}

ExitCode watch(AwsSessions& sessions, const Request& request, Context& context) {
    StatusWatch screen({run_info_of(request), *request.watch_interval}, context);
    const ReadSidekiq read_sidekiq = sidekiq_of(request, context);
    while (!context.clock.interrupted()) {
        const auto status = query(sessions, read_sidekiq, context.clock);
        if (context.clock.interrupted()) break;
        if (!status && !status.error().is_retryable) {
            screen.leave();
            print_error(context, status.error().why);
            return status.error().code;
        }
        if (status)
            show(screen, *status, context);
        else
            show(screen, status.error());
        if (std::ferror(context.out) != 0) return ExitCode::done; // main says it
        screen.wait(*request.watch_interval);
    }
    screen.leave();
    return ExitCode::interrupted;
}

} // namespace

ExitCode status(const Request& request, Context& context) {
    AwsSessions sessions(request, request.region(), context);
    if (const auto refused = sessions.refuse_same_account(request, context)) return *refused;
    if (request.watch_interval) return watch(sessions, request, context);
    const auto status = query(sessions, sidekiq_of(request, context), context.clock);
    if (status)
        print_status(*status, context);
    else
        print_error(context, status.error().why);
    if (context.clock.interrupted()) return ExitCode::interrupted;
    return status ? status->code : status.error().code;
}

} // namespace snow_white::cli
