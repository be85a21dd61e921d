#include "src/aws/cloudformation.hpp"
#include "src/aws/credentials_chain.hpp"
#include "src/aws/iam.hpp"
#include "src/aws/sts.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/confirm.hpp"
#include "src/cli/ending.hpp"
#include "src/cli/onlooker.hpp"
#include "src/cli/overview.hpp"
#include "src/cli/task_metadata.hpp"
#include "src/clock/ticking_clock.hpp"
#include "src/drain/monitor.hpp"
#include "src/report/json_lines.hpp"
#include "src/report/selection_words.hpp"
#include "src/report/slack.hpp"

#include <fmt/format.h>
#include <memory>

namespace snow_white::cli {

namespace {

constexpr std::chrono::seconds start_pause{5};
constexpr const char* slack_tag = "slack_userid"; // of the IAM user: their Slack user id

Invoker find_invoker(const Request& request, aws::Client& workers, Outside& outside) {
    if (request.way == Way::container) {
        aws::Client cluster = workers.in(request.settings.cluster_region);
        return invoker_of_task(outside.environment, outside.http, cluster);
    }
    const auto arn = aws::get_caller_arn(workers);
    return arn ? invoker_of_arn(*arn) : Invoker{};
}

// Optional: without the tag, or the right to read it, the channel alone is told.
std::string slack_id_of(const Invoker& invoker, aws::Client& client) {
    if (invoker.user.empty()) return "";
    return aws::get_user_tag(client, invoker.user, slack_tag).value_or("");
}

// The physical names of the documents; a stack without a status document is an older one and fine.
aws::Result<drain::Assignment> find_documents(const Request& request, aws::Client& client) {
    drain::Assignment assignment{.selection = {request.application, request.pattern},
                                 .action = request.action,
                                 .batch = request.batch};
    for (const auto action : drain::all_actions)
        if (action != request.action)
            assignment.other_documents.emplace_back(action, request.stack.document_prefix(action));
    const auto document =
        aws::get_physical_id(client, request.stack.name, request.stack.document_of(request.action));
    if (!document) return tl::unexpected(document.error());
    assignment.document = *document;
    const auto status = aws::get_physical_id(client, request.stack.name, request.stack.status_document);
    if (!status && is_transient(status.error().kind)) return tl::unexpected(status.error());
    assignment.status_document = status.value_or("");
    return assignment;
}

// What is to be known before anything can be sent: asked for all at once, on one look at the keys.
struct Start {
    Invoker invoker;
    aws::Result<drain::Assignment> assignment;
    drain::Foresight foresight;
};

Start ask_at_once(const Request& request, aws::Client& workers, aws::KeySource& keys, Outside& outside) {
    Start start;
    const auto documents = [&] { start.assignment = find_documents(request, workers); };
    if (!keys.get()) {
        documents(); // it says why
        return start;
    }
    const fleet::Selection selection{request.application, request.pattern};
    auto questions = drain::foresee(workers, selection, start.foresight);
    questions.emplace_back([&] { start.invoker = find_invoker(request, workers, outside); });
    questions.emplace_back(documents);
    workers.together(questions);
    return start;
}

// An AWS that cannot be reached at the start is borne for a while, as the drain itself bears it. What was
// seen before that is too old.
void bear_outage(Start& start, const Request& request, aws::Client& client, Clock& clock) {
    const Instant give_up = clock.now() + drain::start_patience;
    while (!start.assignment && is_transient(start.assignment.error().kind) && clock.now() < give_up &&
           !clock.interrupted()) {
        clock.wait(start_pause);
        start.foresight = {};
        start.assignment = find_documents(request, client);
    }
}

// With somebody to ask: what it is about, and the question. None: go on.
std::optional<ExitCode> ask_first(const Request& request, Start& start, Outside& outside) {
    const auto& fleet = start.foresight.fleet;
    if (!asks_first(request, outside) || !start.assignment || !fleet || !*fleet ||
        (*fleet)->environments.empty())
        return std::nullopt;
    for (const auto& fact : overview_of(**fleet).facts)
        say(outside, fact);
    start.foresight = {}; // too old, once the answer is there
    return confirm(request, outside);
}

class Audience {
public:
    Audience(std::unique_ptr<report::Reporter> here, std::unique_ptr<report::Slack> slack)
        : here_(std::move(here)), slack_(std::move(slack)) {}

    void tell(const drain::Event& event) {
        here_->tell(event);
        for (const auto& complaint : slack_->tell(event))
            here_->say(complaint);
    }

    void tick() {
        here_->tick();
        for (const auto& complaint : slack_->tick())
            here_->say(complaint);
    }

    void confess(const std::string& text) {
        for (const auto& complaint : slack_->say(text))
            here_->say(complaint);
    }

private:
    std::unique_ptr<report::Reporter> here_;
    std::unique_ptr<report::Slack> slack_;
};

// The task logs where it stands, and is looked at from elsewhere.
bool is_drawn(const Request& request) {
    return request.looked_on && request.way == Way::here;
}

std::unique_ptr<report::Reporter> reporter_for(const Request& request, const report::Subject& subject,
                                               const Outside& outside) {
    if (outside.json)
        return std::make_unique<report::JsonLines>(outside.out, outside.clock, subject, request.action);
    if (is_drawn(request)) return view_for(request, subject, outside);
    return std::make_unique<report::Lines>(outside.out, outside.clock, subject, request.action);
}

ExitCode end_early(Audience& audience, const Request& request, const aws::Error& error,
                   const Outside& outside) {
    const drain::Verdict verdict =
        outside.clock.interrupted() ? drain::Verdict::interrupted : verdict_of(error.kind);
    const std::string doubt = "; " + is_it_deployed(request.stack, request.region);
    const drain::Report report{.action = request.action,
                               .verdict = verdict,
                               .why =
                                   aws::describe(error) + (verdict == drain::Verdict::refused ? doubt : "")};
    audience.tell(report);
    return code_of(report.verdict);
}

} // namespace

ExitCode watch(const Request& request, Outside& outside) {
    const std::string profile = request.way == Way::here ? request.profile : "";
    const auto settings = aws::read_settings(outside.environment, profile);
    aws::CredentialsChain credentials(outside.environment, settings, profile, outside.http, outside.clock,
                                      request.region);
    aws::Client workers({settings, outside.http, outside.clock, credentials}, request.region);
    Start start = ask_at_once(request, workers, credentials, outside);
    if (const auto ended = ask_first(request, start, outside)) return *ended;
    const Instant begun = outside.clock.now();
    const Invoker& invoker = start.invoker;
    report::Subject subject = subject_of(request);
    subject.invoker = display_name(invoker);
    subject.deadline = begun + request.timeout;
    const auto person = [&request, invoker, &workers] {
        return request.slack_user.empty() ? slack_id_of(invoker, workers) : request.slack_user;
    };
    Audience audience(reporter_for(request, subject, outside),
                      report::make_slack(outside.http, outside.clock, request.slack,
                                         {.id = person, .email = email_of(invoker)}, subject,
                                         request.action));
    TickingClock ticking(outside.clock, [&audience] { audience.tick(); });
    const bool ticks = is_drawn(request) || !request.slack.bot_token.empty();
    Clock& clock = ticks ? static_cast<Clock&>(ticking) : outside.clock;
    try {
        bear_outage(start, request, workers, clock);
        auto& assignment = start.assignment;
        if (!assignment) return end_early(audience, request, assignment.error(), outside);
        assignment->comment = fmt::format("snow-white {} by {}{}{}", name_of(request.action),
                                          subject.invoker.empty() ? "unknown" : subject.invoker,
                                          request.reason.empty() ? "" : ": ", request.reason);
        const drain::Plan plan{.action = request.action,
                               .started = begun,
                               .deadline = *subject.deadline,
                               .can_ask = !assignment->status_document.empty(),
                               .looked_on = request.looked_on};
        const auto report = drain::run(workers, clock, *assignment, plan, std::move(start.foresight),
                                       [&](const drain::Event& event) { audience.tell(event); });
        return code_of(report.verdict);
    } catch (...) {
        audience.confess(fmt::format(
            "Snow White's monitor of {} for {} ended by a bug of its own. The workers go on as told; what is "
            "true now is not known: run the same command again.",
            name_of(request.action), report::in_brief(request.pattern)));
        throw;
    }
}

} // namespace snow_white::cli
