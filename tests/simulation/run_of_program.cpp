// History::run_once(): the container's program, from its environment to its exit code. Its calls go
// through a layer that may kill it.
#include "sandbox/slack/web_api.hpp"
#include "sandbox/wire/dialect.hpp"
#include "src/cli/session/context.hpp"
#include "src/promises/read_event.hpp"
#include "src/report/names.hpp"
#include "tests/simulation/history.hpp"
#include "tests/simulation/killable_http.hpp"
#include "tests/simulation/timed_output.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

std::vector<std::string> targets_of(const sandbox::Json& send) {
    if (send.contains("InstanceIds")) return send["InstanceIds"].get<std::vector<std::string>>();
    std::vector<std::string> all;
    for (const auto& target : send.value("Targets", sandbox::Json::array()))
        for (const auto& value : target.value("Values", std::vector<std::string>{}))
            all.push_back(value);
    return all;
}

HttpResponse without_resource() {
    return {.status = 400,
            .body = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>"
                    "Resource StatusSideKiqDocument does not exist for stack snow-white"
                    "</Message></Error></ErrorResponse>"};
}

// Half of an answer, or another service's.
bool is_garbled(const std::string& what, const std::string& body) {
    const bool whole = body.ends_with("}") || body.ends_with(">") || body.ends_with("\n");
    const bool a_command = what != "SendCommand" || body.find("CommandId") != std::string::npos;
    return !whole || !a_command || body.starts_with("<html") ||
           body.starts_with(R"({"unexpected")");
}

// No fault of a history gives one of these, except the one whose text is named below.
bool is_malformed(const HttpResponse& answer) {
    constexpr std::array words{"ValidationException",
                               "ValidationError",
                               "InvalidFilter",
                               "InvalidInstanceInformationFilterValue",
                               "InvalidParameterValue",
                               "InvalidParameterCombination",
                               "MissingParameter",
                               "UnknownParameter",
                               "MalformedInput",
                               "InvalidParameterException",
                               "SerializationException",
                               "FilterLimitExceeded",
                               "InvalidInstanceID.Malformed"};
    // The fault's text; CloudFormation's about a missing resource; IAM's about a caller who is no
    // user.
    constexpr std::array others{"What the request names", "does not exist",
                                "Must specify userName"};
    const auto has = [&answer](const char* word) {
        return answer.body.find(word) != std::string::npos;
    };
    return answer.status == 400 && std::ranges::none_of(others, has) &&
           std::ranges::any_of(words, has);
}

// Records which command a send has created, and what failed.
void record_outcome(Run& run, const std::string& what, const HttpResult& answer, Instant now) {
    const bool refuses_ids = answer && answer->body.find("InvalidInstanceId") != std::string::npos;
    const bool fails = !answer ||
                       (answer->status >= 400 && !refuses_ids &&
                        answer->body.find("does not exist for stack") == std::string::npos) ||
                       (answer->status < 400 && is_garbled(what, answer->body));
    if (fails) run.failed_calls.push_back(now);
    if (answer && is_malformed(*answer)) run.malformed_calls.insert(what);
    if (what != "SendCommand") return;
    if (fails) run.failed_sends.push_back(now);
    run.sent.back().refused =
        refuses_ids && !is_garbled("", answer->body); // otherwise nobody can tell why
    if (!answer || answer->status != 200) return;
    const auto body = sandbox::Json::parse(answer->body, nullptr, false);
    if (body.is_object() && body.contains("Command"))
        run.sent.back().command = body["Command"].value("CommandId", "");
}

} // namespace

// As by Ctrl-Z, or a laptop that sleeps.
void History::pause(Monitor& monitor, Run& run) {
    pause_at_call_.reset();
    const Instant from = clock_.now();
    const Duration lasts = random_.one_in(2) ? Duration{30min} : Duration{8h};
    note(from, fmt::format("the monitor is paused for {} min", lasts / 1min));
    monitor.clock.pass(lasts);
    run.pauses.push_back({from, clock_.now()});
    changes.push_back(clock_.now());
}

// By the operator, by NTP, by a host that was suspended.
void History::step_clock(Monitor& monitor) {
    const Duration ahead = random_.between(-10min, 10min);
    note(clock_.now(), fmt::format("the monitor's wall clock is {} s ahead", ahead / 1s));
    monitor.clock.set_wall_ahead(ahead);
}

// Records a call; returns whether AWS is reachable.
bool History::handle_call(Run& run, const std::string& what, const HttpRequest& request) {
    const std::string region = request.signing ? request.signing->region : "";
    if (request.body.find("NextToken") == std::string::npos)
        run.calls[region].push_back(clock_.now());
    else
        ++run.further_pages;
    if (what == "SendCommand") {
        const auto body = sandbox::Json::parse(request.body);
        const auto document = body.at("DocumentName").get<std::string>();
        run.sent.push_back({clock_.now(), region, document, targets_of(body), ""});
        note(clock_.now(), fmt::format("SendCommand {} in {}: {}", document, region,
                                       fmt::join(run.sent.back().targets, " ")));
        if (run.sent.back().is_status()) disturb_verification();
    }
    return !is_unreachable(region);
}

void History::handle_answer(Monitor& monitor, Run& run, const std::string& what,
                            const HttpRequest& request, HttpResult& answer) {
    const bool hidden = what == "DescribeStackResource" &&
                        request.body.find("StatusSideKiq") != std::string::npos &&
                        hides_status_document(request.signing->region);
    if (hidden && answer) *answer = without_resource();
    record_outcome(run, what, answer, clock_.now());
    classify_answer(run, what, request.body, answer ? answer->body : "");
    if (pause_at_call_ && run.all_calls() >= static_cast<std::size_t>(*pause_at_call_))
        pause(monitor, run);
    if (random_.one_in(2000)) step_clock(monitor);
}

void History::connect(KillableHttp& http, Monitor& monitor, Run& run) {
    http.on_call = [this, &run](const std::string& what, const HttpRequest& request, bool ours) {
        return !ours || handle_call(run, what, request);
    };
    http.refuse_send = [this](const HttpRequest& request) {
        return refuse_send(sandbox::Json::parse(request.body), request.signing->region);
    };
    http.on_answer = [this, &run, &monitor](const std::string& what, const HttpRequest& request,
                                            HttpResult& answer) {
        handle_answer(monitor, run, what, request, answer);
    };
    if (monitor.second) return; // it lives to its end
    if (!kills_at_calls_.empty()) {
        http.left = kills_at_calls_.back();
        http.before = random_.one_in(2);
        kills_at_calls_.pop_back();
    }
    if (sigterm_ && *sigterm_ > clock_.now()) monitor.clock.interrupted_at = sigterm_;
    sigterm_.reset();
}

snow_white::Environment History::environment_of(const Monitor& monitor) const {
    return snow_white::Environment(
        {{"WORKER_ACTION", monitor.action},
         {"EB_APP_NAME", "acme"},
         {"EB_ENV_NAME_PATTERN_STRING", "workers"},
         {"AWS_REGION", in_two_regions() ? "us-east-1,eu-west-1" : "us-east-1"},
         {"SNOW_WHITE_TIMEOUT", fmt::format("{}m", timeout / 1min)},
         {"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
         {"AWS_ACCESS_KEY_ID", sandbox_->credential_of("alice").access_key},
         {"AWS_SECRET_ACCESS_KEY", "not checked in process"},
         {"SNOW_WHITE_LOOKED_ON", live_progress ? "1" : ""},
         {"SNOW_WHITE_BATCH", in_batches_ && monitor.action == "wake" ? "25%" : ""},
         {"SNOW_WHITE_JSON", in_json() ? "1" : ""},
         {"SLACK_WEBHOOK", webhook},
         {"SLACK_BOT_TOKEN", by_token() ? sandbox::bot_token : ""},
         {"SLACK_API_URL", slack_api},
         {"NOTIFY_SLACK_CHANNEL", "#ops"}});
}

std::vector<std::string> History::slack_messages() {
    const auto inbox =
        sandbox::Json::parse(sandbox_->handle({.method = "GET", .path = "/_sandbox/slack"}).body);
    std::vector<std::string> messages;
    for (const auto& message : inbox)
        messages.push_back(message.dump());
    return messages;
}

void History::record_end(const Monitor& monitor, Run& run) {
    run.ended = clock_.now();
    run.at_end = snapshot(run.action);
    run.environments_ready = environments_are_ready();
    run.document_missing = status_document_missing || document_missing_there;
    run.terminated = run.exit_code == static_cast<int>(snow_white::report::ExitCode::interrupted);
    for (const auto& line : run.printed) {
        run.out += line.text + "\n";
        auto event = snow_white::promises::read_event(line.text).value_or(
            snow_white::promises::Event{.text = line.text}); // a line without a time
        // The monitor's wall clock may be wrong; a real log has no other.
        if (auto* counted = std::get_if<snow_white::promises::ProgressCounts>(&event.facts);
            counted && counted->begun)
            *counted->begun += line.at - event.at;
        event.at = line.at;
        run.log.add(std::move(event));
    }
    note(clock_.now(),
         fmt::format("the {}monitor {}", monitor.second ? "second operator's " : "",
                     run.killed ? "is killed"s : fmt::format("ends with {}", run.exit_code)));
}

void History::run_once(Monitor& monitor) {
    KillableHttp http(*sandbox_, monitor.clock);
    Run run{.begun = clock_.now()};
    run_begun_ = run.begun;
    run.action = monitor.action;
    run.second = monitor.second;
    if (random_.one_in(20)) step_clock(monitor);
    connect(http, monitor, run);
    const auto environment = environment_of(monitor);
    const auto messages_before = static_cast<std::ptrdiff_t>(slack_messages().size());
    try {
        TimedOutput out(run, clock_);
        TimedOutput err(run, clock_);
        snow_white::cli::Context outside{environment, http, monitor.clock, out.file(), err.file()};
        outside.in_container = true;
        run.exit_code = static_cast<int>(snow_white::cli::run({}, outside));
    } catch (const Killed&) {
        run.killed = true;
    } catch (const GoesRound&) {
        run.killed = run.goes_round = true;
    }
    record_end(monitor, run);
    const auto messages = slack_messages();
    run.messages.assign(messages.begin() + messages_before, messages.end());
    runs.push_back(std::move(run));
}

} // namespace simulation
