#include "src/aws/services/cloudformation.hpp"
#include "src/aws/services/iam.hpp"
#include "src/aws/services/sts.hpp"
#include "src/base/ticking_clock.hpp"
#include "src/cli/commands/running_jobs.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/confirm.hpp"
#include "src/cli/session/invoker.hpp"
#include "src/cli/session/progress_view.hpp"
#include "src/cli/session/sidekiq_redis.hpp"
#include "src/drain/machine/limits.hpp"
#include "src/drain/run/drain_loop.hpp"
#include "src/drain/run/event_aggregator.hpp"
#include "src/report/json/progress_json.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <memory>

namespace snow_white::cli {

namespace {

constexpr std::chrono::seconds start_pause{5};
constexpr const char* slack_tag = "slack_userid"; // of the IAM user: their Slack user id

Origin find_origin(const Request& request, aws::Client& workers, Context& context) {
    if (request.mode == Mode::container) {
        aws::Client cluster = workers.in(request.settings.cluster_region);
        return origin_of_task(context.environment, context.http, cluster);
    }
    const auto arn = aws::get_caller_arn(workers);
    return {.invoker = arn ? invoker_of_arn(*arn) : Invoker{}};
}

// Empty without the tag or the right to read it: then only the channel gets messages.
std::string slack_id_of(const Invoker& invoker, aws::Client& client) {
    if (invoker.user.empty()) return "";
    const std::string tag = aws::get_user_tag(client, invoker.user, slack_tag).value_or("");
    return parse_slack_user(tag, slack_tag).value_or(""); // not a channel's name
}

// A region, and what has to be known there before anything can be sent.
struct RegionSetup {
    RegionSession& session;
    aws::Result<drain::RegionJob> job = {};
    drain::PrefetchedAnswers prefetched = {};

    // None: not asked for, or AWS did not answer.
    const fleet::FleetSnapshot* fleet() const {
        return prefetched.fleet && *prefetched.fleet ? &**prefetched.fleet : nullptr;
    }
};

// The job with the physical names of the documents.
aws::Result<drain::RegionJob> find_documents(RegionSession& region) {
    const Request& request = region.request;
    const Stack& stack = request.stack;
    drain::RegionJob job{.query = region.query, .action = request.action, .batch = request.batch};
    for (const auto action : drain::all_actions) {
        if (action == request.action) continue;
        job.other_documents.emplace_back(action, stack.document_prefix(action));
        // A name that the stack does not have would hide other people's commands.
        if (stack.document_of(action) == Stack{}.document_of(action)) continue;
        const auto other = region.physical_id(stack.document_of(action));
        if (!other) return tl::unexpected(other.error());
    }
    const auto document = region.physical_id(stack.document_of(request.action));
    if (!document) return tl::unexpected(document.error());
    job.document = *document;
    // An older stack has no status document, and needs none. A configured name has to exist:
    // without the document nothing is verified.
    if (stack.status_document != Stack{}.status_document) {
        const auto configured = region.physical_id(stack.status_document);
        if (!configured) return tl::unexpected(configured.error());
        job.status_document = *configured;
        return job;
    }
    const auto status = aws::find_physical_id(region.workers, stack.name, stack.status_document);
    if (!status) return tl::unexpected(status.error());
    job.status_document = status->value_or("");
    return job;
}

// Makes the first calls of all regions concurrently. The first region's credentials say who the
// invoker is.
Origin prefetch_all(std::vector<RegionSetup>& regions, Context& context) {
    Origin origin;
    std::vector<std::function<void()>> calls;
    for (auto& region : regions) {
        RegionSession& session = region.session;
        const auto find_job = [&region] { region.job = find_documents(region.session); };
        if (!session.credentials.get()) {
            find_job(); // its error says why there are none
            continue;
        }
        for (auto& call : drain::prefetch(session.workers, session.query, region.prefetched))
            calls.push_back(std::move(call));
        if (&region == &regions.front())
            calls.emplace_back(
                [&] { origin = find_origin(session.request, session.workers, context); });
        calls.emplace_back(find_job);
    }
    regions.front().session.workers.run_concurrently(calls);
    return origin;
}

void drop_prefetched(std::vector<RegionSetup>& regions) {
    for (auto& region : regions)
        region.prefetched = {};
}

// Retries for as long as the drain itself would, while AWS does not answer. What was prefetched
// before is too old then.
void retry_start(std::vector<RegionSetup>& regions, Clock& clock) {
    const Duration deadline = clock.elapsed() + drain::start_patience;
    const auto is_retryable = [](const RegionSetup& region) {
        return !region.job && is_transient(region.job.error().kind);
    };
    while (std::ranges::any_of(regions, is_retryable) && clock.elapsed() < deadline &&
           !clock.interrupted()) {
        clock.wait(start_pause);
        drop_prefetched(regions);
        for (auto& region : regions)
            if (is_retryable(region)) region.job = find_documents(region.session);
    }
}

// The run ends there and sends nothing, whatever a person says.
bool ends_anyway(const RegionSetup& region) {
    const auto& fleet = region.prefetched.fleet;
    return (!region.job && !is_transient(region.job.error().kind)) ||
           (fleet && !*fleet && !is_transient(fleet->error().kind)) ||
           (region.fleet() != nullptr && region.fleet()->environments.empty());
}

// With a person to ask: shows the fleet and asks. A fleet that AWS does not show at this moment is
// asked about too: the run finds it later. None: go on.
std::optional<ExitCode> ask_first(const Request& request, std::vector<RegionSetup>& regions,
                                  Context& context) {
    if (!asks_first(request, context) || std::ranges::any_of(regions, ends_anyway))
        return std::nullopt;
    for (auto& region : regions) {
        const RegionLabel label(context, region.session.target.name);
        if (region.fleet() != nullptr)
            for (const auto& fact : fleet_summary_of(*region.fleet()).facts)
                print_line(context, fact);
        if (region.prefetched.fleet)
            print_line(context,
                       describe_running_jobs(region.session, *region.prefetched.fleet, context));
    }
    drop_prefetched(regions); // too old, once there is an answer
    return confirm(request, context);
}

// To the reporter here and to Slack. What goes wrong with Slack is printed here.
class EventBroadcaster {
public:
    EventBroadcaster(std::unique_ptr<report::Reporter> reporter,
                     std::unique_ptr<report::SlackNotifier> slack)
        : reporter_(std::move(reporter)), slack_(std::move(slack)) {}

    void handle(const drain::Event& event) {
        reporter_->handle(event);
        print_errors(slack_->handle(event));
    }

    void tick() {
        reporter_->tick();
        print_errors(slack_->tick());
    }

    // Only what is on the terminal: Slack's own calls would begin within another one.
    void redraw() { reporter_->tick(); }

    void report_crash(const std::string& text) { print_errors(slack_->write(text)); }

private:
    void print_errors(const std::vector<std::string>& errors) {
        for (const auto& error : errors)
            reporter_->write(error);
    }

    std::unique_ptr<report::Reporter> reporter_;
    std::unique_ptr<report::SlackNotifier> slack_;
};

// A task logs its progress instead: the screen is at the terminal that follows the log (--wait).
bool has_progress_screen(const Request& request) {
    return request.live_progress && request.mode == Mode::here;
}

std::unique_ptr<report::Reporter>
reporter_for(const Request& request, const report::RunInfo& run_info, const Context& context) {
    if (context.json)
        return std::make_unique<report::JsonReporter>(context.out, context.clock, run_info);
    if (has_progress_screen(request)) return make_progress_view(run_info, context);
    return std::make_unique<report::TaskLogReporter>(context.out, context.clock, run_info);
}

// The report that nothing matched, with what there is. None: another event.
std::optional<drain::Report> with_names(const drain::Event& event,
                                        const std::vector<RegionSetup>& regions) {
    const auto* report = std::get_if<drain::Report>(&event);
    if (report == nullptr || report->verdict != drain::Verdict::nothing_matched ||
        regions.size() > 1)
        return std::nullopt;
    drain::Report named = *report;
    named.why = why_nothing_matched(regions.front().session).value_or("");
    return named;
}

// How the run ends before anything is sent, if it cannot start in a region: it acts in all regions
// or in none.
std::optional<drain::Report> startup_failure(const std::vector<RegionSetup>& regions,
                                             const Request& request, const Clock& clock,
                                             Duration began) {
    drain::Report report{.action = request.action};
    for (const auto& region : regions) {
        const RegionTarget& target = region.session.target;
        drain::RegionResult result{.region_label = target.name};
        if (!region.job) {
            const aws::Error& error = region.job.error();
            result.verdict =
                clock.interrupted() ? drain::Verdict::interrupted : verdict_of(error.kind);
            result.why = aws::describe(error);
            if (result.verdict == drain::Verdict::refused ||
                (result.verdict == drain::Verdict::denied && names_stack(error) &&
                 request.mode == Mode::here && report.regions.empty())) {
                report.is_stack_unknown = true;
                result.why += "; " + deployment_hint(request.stack, target.region);
            }
        } else if (regions.size() > 1 && region.fleet() != nullptr &&
                   region.fleet()->environments.empty()) {
            result.verdict = drain::Verdict::nothing_matched;
            result.why = why_nothing_matched(region.session).value_or("");
        }
        if (result.verdict != drain::Verdict::done) report.regions.push_back(result);
    }
    if (report.regions.empty()) return std::nullopt;
    drain::summarize_regions(report);
    if (regions.size() == 1) report.regions.clear();
    report.elapsed = clock.elapsed() - began;
    report.ended = clock.now();
    return report;
}

report::RunInfo run_info_of(const Request& request, const Origin& origin, Instant started) {
    report::RunInfo run_info = cli::run_info_of(request, display_name(origin.invoker), started);
    run_info.task_url = origin.task_url;
    run_info.log_url = origin.log_url;
    return run_info;
}

std::vector<drain::RegionRun> runs_of(std::vector<RegionSetup>& regions, const Request& request,
                                      const report::RunInfo& run_info, Context& context) {
    // In several regions each fleet would take the others' workers for strangers.
    const ReadSidekiq read_sidekiq =
        regions.size() == 1 ? sidekiq_of(request, context) : ReadSidekiq{};
    std::vector<drain::RegionRun> runs;
    for (auto& region : regions) {
        region.job->read_sidekiq = read_sidekiq;
        region.job->comment = fmt::format("snow-white {} by {}{}{}", name_of(request.action),
                                          run_info.invoker.empty() ? "unknown" : run_info.invoker,
                                          request.reason.empty() ? "" : ": ", request.reason);
        runs.push_back({region.session.target.name, region.session.workers, *region.job,
                        std::move(region.prefetched)});
    }
    return runs;
}

void handle(const drain::Event& event, const std::vector<RegionSetup>& regions,
            EventBroadcaster& events) {
    if (const auto named = with_names(event, regions))
        events.handle(*named);
    else
        events.handle(event);
}

} // namespace

ExitCode monitor(const Request& request, Context& context) {
    if (!request.slack.refused_channel.empty())
        print_error(context, "NOTIFY_SLACK_CHANNEL: the stack does not allow {}; messages go to {}",
                    request.slack.refused_channel, request.slack.channel);
    std::function<void()> redraw = [] {};
    TickingClock ticking_in_calls(context.clock, [&redraw] { redraw(); });
    AwsSessions sessions(request, request.region(), context,
                         has_progress_screen(request) ? ticking_in_calls : context.clock);
    if (const auto refused = sessions.refuse_same_account(request, context)) return *refused;
    std::vector<RegionSetup> regions;
    for (auto& session : sessions.regions())
        regions.push_back({session});
    const Duration prefetched_at = context.clock.elapsed();
    const Origin origin = prefetch_all(regions, context);
    if (const auto ended = ask_first(request, regions, context)) return *ended;
    const Duration began = context.clock.elapsed();
    const Instant started = context.clock.now();
    const report::RunInfo run_info = run_info_of(request, origin, started);
    const auto slack_id = [&] {
        return request.slack_user.empty()
                   ? slack_id_of(origin.invoker, sessions.regions().front().workers)
                   : request.slack_user;
    };
    EventBroadcaster events(
        reporter_for(request, run_info, context),
        report::make_slack_notifier(context.http, context.clock, request.slack,
                                    {.id = slack_id, .email = email_of(origin.invoker)}, run_info));
    redraw = [&events] { events.redraw(); };
    TickingClock ticking(context.clock, [&events] { events.tick(); });
    const bool ticks = has_progress_screen(request) || !request.slack.bot_token.empty();
    Clock& clock = ticks ? static_cast<Clock&>(ticking) : context.clock;
    try {
        retry_start(regions, clock);
        if (const auto report = startup_failure(regions, request, clock, began)) {
            events.handle(*report);
            return code_of(report->verdict);
        }
        // Too old: the program was suspended meanwhile, or AWS was slow.
        if (clock.elapsed() >= prefetched_at + drain::verification_validity)
            drop_prefetched(regions);
        if (regions.size() > 1 && !request.sidekiq.servers.empty())
            events.handle(drain::Notice{"Sidekiq's Redis is not read in a run of several regions"});
        const drain::Config config{.action = request.action,
                                   .started = started,
                                   .timeout = request.timeout,
                                   .strict = request.strict,
                                   .live_progress = request.live_progress};
        return code_of(
            drain::run(runs_of(regions, request, run_info, context), clock, config, began,
                       [&](const drain::Event& event) { handle(event, regions, events); }));
    } catch (...) {
        events.report_crash(fmt::format(
            "Snow White ended with an internal error while it watched the {} of {}. What it sent "
            "continues, and the result is not known: run the same command again.",
            name_of(request.action), report::in_brief(request.pattern)));
        throw;
    }
}

} // namespace snow_white::cli
