// History::run_once(): the container's program, from its environment to its exit code, over a wire that may
// kill it.
#include "sandbox/slack/web_api.hpp"
#include "sandbox/wire/dialect.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/exit_code.hpp"
#include "tests/simulation/history.hpp"
#include "tests/unit/sandbox_http.hpp"

#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::aws::ErrorKind;
using snow_white::aws::HttpRequest;
using snow_white::aws::HttpResponse;
using snow_white::aws::Result;

namespace {

struct Killed {};

constexpr const char* webhook = "http://sandbox.test/services/T0SANDBOX/B0SANDBOX/secret";
constexpr const char* slack_api = "http://127.0.0.1:1/api/"; // only the sandbox is behind it

std::string action_of(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers)
        if (name == "X-Amz-Target") return value.substr(value.find('.') + 1);
    if (request.body.starts_with("Action=")) return request.body.substr(7, request.body.find('&') - 7);
    return request.method + " " + request.url.substr(0, request.url.find("/B0"));
}

// Each call takes a little time; when `fatal` says so the process dies, before the call or after it.
class Wire : public snow_white::aws::Http {
public:
    Wire(sandbox::Sandbox& box, SimulatedClock& clock) : http_(box, clock), clock_(clock) {}

    Result<HttpResponse> send(const HttpRequest& request) override {
        if (dead_) throw Killed{};
        const bool ours = !request.url.starts_with(webhook) && !request.url.starts_with(slack_api);
        const bool answers = on_call(action_of(request), request, ours);
        const bool fatal = left == 0;
        if (left > 0) --left;
        if (fatal && before) die();
        clock_.pass(80ms);
        if (clock_.interrupted() && !request.even_when_interrupted)
            return failed(ErrorKind::transport, "interrupted");
        if (!answers) return failed(ErrorKind::unreachable, "no route to host");
        auto answer = http_.send(request);
        if (fatal) die();
        return answer;
    }

    int left = -1; // calls until it dies; -1: never
    bool before = false;
    std::function<bool(const std::string& action, const HttpRequest&, bool ours)> on_call; // it answers

private:
    static Result<HttpResponse> failed(ErrorKind kind, const std::string& message) {
        return tl::unexpected(snow_white::aws::Error{.kind = kind, .message = message});
    }

    [[noreturn]] void die() {
        dead_ = true;
        throw Killed{};
    }

    test::SandboxHttp http_;
    SimulatedClock& clock_;
    bool dead_ = false;
};

class Output {
public:
    Output() : file_(open_memstream(&text_, &size_)) {}
    ~Output() {
        std::fclose(file_);
        std::free(text_);
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    std::FILE* file() { return file_; }
    std::string text() {
        std::fflush(file_);
        return {text_, size_};
    }

private:
    char* text_ = nullptr;
    std::size_t size_ = 0;
    std::FILE* file_;
};

} // namespace

void History::run_once() {
    Wire wire(*box_, clock_);
    Run run{.begun = clock_.now()};
    wire.on_call = [this, &run](const std::string& what, const HttpRequest& request, bool ours) {
        if (!ours) return true;
        const std::string region = request.signing ? request.signing->region : "";
        if (request.body.find("NextToken") == std::string::npos)
            run.calls[region].push_back(clock_.now());
        else
            ++run.further_pages;
        if (what == "SendCommand") {
            const auto body = sandbox::Json::parse(request.body);
            const auto document = body.at("DocumentName").get<std::string>();
            documents_sent.insert(document);
            note(clock_.now(), "SendCommand " + document);
            if (document.find("StatusSideKiq") != std::string::npos) happen_at_a_sweep();
        }
        return !is_out_of_reach(region);
    };
    if (!deaths_.empty()) {
        wire.left = deaths_.back();
        wire.before = chance_.one_in(2);
        deaths_.pop_back();
    }
    if (sigterm_ && *sigterm_ > clock_.now()) clock_.interrupted_at = sigterm_;
    sigterm_.reset();

    const snow_white::aws::Environment environment(
        {{"WORKER_ACTION", action},
         {"EB_APP_NAME", "acme"},
         {"EB_ENV_NAME_PATTERN_STRING", "workers"},
         {"AWS_REGION", in_two_regions() ? "us-east-1,eu-west-1" : "us-east-1"},
         {"SNOW_WHITE_TIMEOUT", fmt::format("{}m", timeout / 1min)},
         {"AWS_ENDPOINT_URL", "http://sandbox.test"},
         {"AWS_ACCESS_KEY_ID", box_->credential_of("alice").access_key},
         {"AWS_SECRET_ACCESS_KEY", "not checked in process"},
         {"SNOW_WHITE_LOOKED_ON", looked_on ? "1" : ""},
         {"SLACK_WEBHOOK", webhook},
         {"SLACK_BOT_TOKEN", by_token() ? sandbox::bot_token : ""},
         {"SLACK_API_URL", slack_api},
         {"NOTIFY_SLACK_CHANNEL", "#ops"}});
    const auto inbox = [this] {
        return sandbox::Json::parse(box_->handle({.method = "GET", .path = "/_sandbox/slack"}).body);
    };
    const std::size_t messages_before = inbox().size();
    Output out;
    Output err;
    try {
        snow_white::cli::Outside outside{environment, wire, clock_, out.file(), err.file()};
        run.exit_code = static_cast<int>(snow_white::cli::run({}, outside));
    } catch (const Killed&) {
        run.killed = true;
    }
    run.ended = clock_.now();
    run.terminated = run.exit_code == static_cast<int>(snow_white::cli::ExitCode::interrupted);
    run.out = out.text() + err.text();
    const auto messages = inbox();
    for (std::size_t i = messages_before; i < messages.size(); ++i)
        run.messages.push_back(messages[i].dump());
    note(clock_.now(),
         run.killed ? "the monitor is killed" : fmt::format("the monitor ends with {}", run.exit_code));
    runs.push_back(std::move(run));
}

} // namespace simulation
