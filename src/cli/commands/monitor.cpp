#include "src/aws/services/cloudformation.hpp"
#include "src/aws/services/iam.hpp"
#include "src/aws/services/sts.hpp"
#include "src/base/ticking_clock.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/confirm.hpp"
#include "src/cli/session/context.hpp"
#include "src/cli/session/progress_view.hpp"
#include "src/cli/session/task_metadata.hpp"
#include "src/drain/machine/limits.hpp"
#include "src/drain/run/drain_loop.hpp"
#include "src/drain/run/event_aggregator.hpp"
#include "src/report/exit_code.hpp"
#include "src/report/json/json_reporter.hpp"
#include "src/report/json/progress_json.hpp"
#include "src/report/slack/slack_notifier.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace snow_white::cli {

namespace {

constexpr std::chrono::seconds start_pause{5};
constexpr const char* slack_tag = "slack_userid"; // of the IAM user: their Slack user id

Invoker find_invoker(const Request& request, aws::Client& workers, Context& context) {
    if (request.mode == Mode::container) {
        aws::Client cluster = workers.in(request.settings.cluster_region);
        return invoker_of_task(context.environment, context.http, cluster);
    }
    const auto arn = aws::get_caller_arn(workers);
    return arn ? invoker_of_arn(*arn) : Invoker{};
}

// Optional: without the tag, or the right to read it, the channel alone is told.
std::string slack_id_of(const Invoker& invoker, aws::Client& client) {
    if (invoker.user.empty()) return "";
    const std::string tag = aws::get_user_tag(client, invoker.user, slack_tag).value_or("");
    return parse_slack_user(tag, slack_tag).value_or(""); // a channel is none
}

// The physical names of the documents; a stack without a status document is an older one and fine.
aws::Result<drain::RegionJob> find_documents(const Request& request, aws::Client& client) {
    drain::RegionJob assignment{.query = {request.application, request.pattern},
                                .action = request.action,
                                .batch = request.batch};
    for (const auto action : drain::all_actions) {
        if (action == request.action) continue;
        assignment.other_documents.emplace_back(action, request.stack.document_prefix(action));
        // By a name that the stack does not have, others' wakes and stops would not be seen.
        if (request.stack.document_of(action) == Stack{}.document_of(action)) continue;
        const auto other =
            aws::get_physical_id(client, request.stack.name, request.stack.document_of(action));
        if (!other) return tl::unexpected(other.error());
    }
    const auto document =
        aws::get_physical_id(client, request.stack.name, request.stack.document_of(request.action));
    if (!document) return tl::unexpected(document.error());
    assignment.document = *document;
    // An older stack has none. One of another name was meant to be there: without it nothing is
    // verified.
    const std::string& status_name = request.stack.status_document;
    if (status_name != Stack{}.status_document) {
        const auto renamed = aws::get_physical_id(client, request.stack.name, status_name);
        if (!renamed) return tl::unexpected(renamed.error());
        assignment.status_document = *renamed;
        return assignment;
    }
    const auto status = aws::find_physical_id(client, request.stack.name, status_name);
    if (!status) return tl::unexpected(status.error());
    assignment.status_document = status->value_or("");
    return assignment;
}

// A place, and what is to be known there before anything can be sent.
struct RegionSetup {
    RegionTarget place;
    Request request; // for it alone
    aws::CredentialsProvider& keys;
    aws::Client workers;
    aws::Result<drain::RegionJob> assignment = {};
    drain::PrefetchedAnswers foresight = {};
};

// All of them, on one look at each profile's keys.
class Sites {
public:
    Sites(const Request& request, Context& context) : sessions_(request, context) {
        for (const auto& place : request.region_targets()) {
            aws::CredentialsProvider& keys = sessions_.of(place.profile).keys();
            all_.push_back({place, request.at(place), keys, sessions_.in(place)});
        }
    }

    std::vector<RegionSetup>& all() { return all_; }

private:
    ProfileSessions sessions_;
    std::vector<RegionSetup> all_;
};

// Asked for all at once; who it is that asks is known by the first place's keys.
Invoker prefetch_all(std::vector<RegionSetup>& sites, Context& context) {
    Invoker invoker;
    std::vector<std::function<void()>> questions;
    for (auto& site : sites) {
        const auto documents = [&site] {
            site.assignment = find_documents(site.request, site.workers);
        };
        if (!site.keys.get()) {
            documents(); // it says why
            continue;
        }
        const fleet::EnvironmentQuery selection{site.request.application, site.request.pattern};
        for (auto& question : drain::prefetch(site.workers, selection, site.foresight))
            questions.push_back(std::move(question));
        if (&site == &sites.front())
            questions.emplace_back(
                [&] { invoker = find_invoker(site.request, site.workers, context); });
        questions.emplace_back(documents);
    }
    sites.front().workers.run_concurrently(questions);
    return invoker;
}

// An AWS that cannot be reached at the start is borne for a while, as the drain itself bears it.
// What was seen before that is too old.
void retry_start(std::vector<RegionSetup>& sites, Clock& clock) {
    const Duration give_up = clock.elapsed() + drain::start_patience;
    const auto may_pass = [](const RegionSetup& site) {
        return !site.assignment && is_transient(site.assignment.error().kind);
    };
    while (std::ranges::any_of(sites, may_pass) && clock.elapsed() < give_up &&
           !clock.interrupted()) {
        clock.wait(start_pause);
        for (auto& site : sites) {
            site.foresight = {};
            if (may_pass(site)) site.assignment = find_documents(site.request, site.workers);
        }
    }
}

// The program was suspended meanwhile, or AWS was slow: the drain asks for itself.
void drop_old_answers(std::vector<RegionSetup>& sites, Duration asked, const Clock& clock) {
    if (clock.elapsed() < asked + drain::verification_validity) return;
    for (auto& site : sites)
        site.foresight = {};
}

const fleet::FleetSnapshot* foreseen_fleet(const RegionSetup& site) {
    const auto& fleet = site.foresight.fleet;
    return fleet && *fleet ? &**fleet : nullptr;
}

// With somebody to ask: what it is about, and the question. None: go on.
std::optional<ExitCode> ask_first(const Request& request, std::vector<RegionSetup>& sites,
                                  Context& context) {
    const auto knows = [](const RegionSetup& site) {
        const auto* fleet = foreseen_fleet(site);
        return site.assignment && fleet != nullptr && !fleet->environments.empty();
    };
    if (!asks_first(request, context) || !std::ranges::all_of(sites, knows)) return std::nullopt;
    for (auto& site : sites) {
        context.region_label = site.place.name;
        for (const auto& fact : fleet_summary_of(*foreseen_fleet(site)).facts)
            print_line(context, fact);
        site.foresight = {}; // too old, once the answer is there
    }
    context.region_label.clear();
    return confirm(request, context);
}

class EventBroadcaster {
public:
    EventBroadcaster(std::unique_ptr<report::Reporter> here,
                     std::unique_ptr<report::SlackNotifier> slack)
        : here_(std::move(here)), slack_(std::move(slack)) {}

    void handle(const drain::Event& event) {
        here_->handle(event);
        for (const auto& complaint : slack_->handle(event))
            here_->write(complaint);
    }

    void tick() {
        here_->tick();
        for (const auto& complaint : slack_->tick())
            here_->write(complaint);
    }

    void report_crash(const std::string& text) {
        for (const auto& complaint : slack_->write(text))
            here_->write(complaint);
    }

private:
    std::unique_ptr<report::Reporter> here_;
    std::unique_ptr<report::SlackNotifier> slack_;
};

// The task logs where it stands, and is looked at from elsewhere.
bool is_drawn(const Request& request) {
    return request.live_progress && request.mode == Mode::here;
}

std::unique_ptr<report::Reporter>
reporter_for(const Request& request, const report::RunInfo& run_info, const Context& context) {
    if (context.json)
        return std::make_unique<report::JsonReporter>(context.out, context.clock, run_info,
                                                      request.action);
    if (is_drawn(request)) return view_for(request, run_info, context);
    return std::make_unique<report::TaskLogReporter>(context.out, context.clock, run_info,
                                                     request.action);
}

// How the run ends before anything is sent, if anywhere it cannot be begun: what is asked for
// several places is done in all of them or in none.
std::optional<drain::Report> startup_failure(const std::vector<RegionSetup>& sites,
                                             const Request& request, const Clock& clock) {
    drain::Report report{.action = request.action};
    for (const auto& site : sites) {
        const auto* fleet = foreseen_fleet(site);
        drain::RegionResult end{.region_label = site.place.name};
        if (!site.assignment) {
            const aws::Error& error = site.assignment.error();
            end.verdict =
                clock.interrupted() ? drain::Verdict::interrupted : verdict_of(error.kind);
            end.why = aws::describe(error);
            if (end.verdict == drain::Verdict::refused)
                end.why += "; " + deployment_hint(request.stack, site.place.region);
        } else if (sites.size() > 1 && fleet != nullptr && fleet->environments.empty()) {
            end.verdict = drain::Verdict::nothing_matched;
        }
        if (end.verdict != drain::Verdict::done) report.regions.push_back(end);
    }
    if (report.regions.empty()) return std::nullopt;
    drain::summarize_regions(report);
    if (sites.size() == 1) report.regions.clear();
    return report;
}

} // namespace

ExitCode monitor(const Request& request, Context& context) {
    if (!request.slack.refused_channel.empty())
        print_error(context,
                    fmt::format("NOTIFY_SLACK_CHANNEL: the stack does not allow {}; {} is told",
                                request.slack.refused_channel, request.slack.channel));
    Sites places(request, context);
    auto& sites = places.all();
    const Duration asked = context.clock.elapsed();
    const Invoker invoker = prefetch_all(sites, context);
    if (const auto ended = ask_first(request, sites, context)) return *ended;
    const Duration began = context.clock.elapsed();
    const Instant started = context.clock.now();
    report::RunInfo run_info = run_info_of(request);
    run_info.invoker = display_name(invoker);
    run_info.deadline = started + request.timeout;
    run_info.timeout = request.timeout;
    const auto person = [&request, invoker, &sites] {
        return request.slack_user.empty() ? slack_id_of(invoker, sites.front().workers)
                                          : request.slack_user;
    };
    EventBroadcaster audience(
        reporter_for(request, run_info, context),
        report::make_slack_notifier(context.http, context.clock, request.slack,
                                    {.id = person, .email = email_of(invoker)}, run_info,
                                    request.action));
    TickingClock ticking(context.clock, [&audience] { audience.tick(); });
    const bool ticks = is_drawn(request) || !request.slack.bot_token.empty();
    Clock& clock = ticks ? static_cast<Clock&>(ticking) : context.clock;
    try {
        retry_start(sites, clock);
        if (const auto report = startup_failure(sites, request, clock)) {
            audience.handle(*report);
            return code_of(report->verdict);
        }
        drop_old_answers(sites, asked, clock);
        std::vector<drain::RegionRun> posts;
        for (auto& site : sites) {
            site.assignment->comment =
                fmt::format("snow-white {} by {}{}{}", name_of(request.action),
                            run_info.invoker.empty() ? "unknown" : run_info.invoker,
                            request.reason.empty() ? "" : ": ", request.reason);
            posts.push_back(
                {site.place.name, site.workers, *site.assignment, std::move(site.foresight)});
        }
        const drain::Config config{.action = request.action,
                                   .started = started,
                                   .timeout = request.timeout,
                                   .live_progress = request.live_progress};
        return code_of(drain::run(std::move(posts), clock, config, began,
                                  [&](const drain::Event& event) { audience.handle(event); }));
    } catch (...) {
        audience.report_crash(
            fmt::format("Snow White's monitor of {} for {} ended by a bug of its own. "
                        "What it has sent goes on; what is "
                        "true now is not known: run the same command again.",
                        name_of(request.action), report::in_brief(request.pattern)));
        throw;
    }
}

} // namespace snow_white::cli
