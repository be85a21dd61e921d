// The program's calls to AWS and Slack: each takes a little time, may be refused, and may be the
// last one before the process dies.
#pragma once

#include "src/aws/result.hpp"
#include "tests/simulation/simulated_clock.hpp"
#include "tests/unit/sandbox_http.hpp"

namespace simulation {

using snow_white::HttpRequest;
using snow_white::HttpResponse;
using snow_white::HttpResult;
using snow_white::aws::ErrorKind;

struct Killed {};

inline constexpr const char* webhook = "http://127.0.0.1:4566/services/T0SANDBOX/B0SANDBOX/secret";
// Only the sandbox serves this URL.
inline constexpr const char* slack_api = "http://127.0.0.1:4566/api/";

inline std::string action_of(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers)
        if (name == "X-Amz-Target") return value.substr(value.find('.') + 1);
    if (request.body.starts_with("Action="))
        return request.body.substr(7, request.body.find('&') - 7);
    return request.method + " " + request.url.substr(0, request.url.find("/B0"));
}

// Each call takes a little time. The process dies before or after the last call that `left` allows.
class KillableHttp : public snow_white::Http {
public:
    KillableHttp(sandbox::Sandbox& box, MonitorClock& clock) : http_(box, clock), clock_(clock) {}

    HttpResult send(const HttpRequest& request) override {
        if (dead_) throw Killed{};
        const bool ours = !request.url.starts_with(webhook) && !request.url.starts_with(slack_api);
        const bool answers = on_call(action_of(request), request, ours);
        const bool fatal = left == 0;
        if (left > 0) --left;
        if (fatal && before) die();
        clock_.pass(std::chrono::milliseconds{80});
        if (clock_.interrupted() && !request.even_when_interrupted)
            return failed(true, "interrupted");
        auto answer = answers ? answer_to(request) : failed(false, "no route to host");
        if (ours) on_answer(action_of(request), request, answer);
        if (fatal) die();
        return answer;
    }

    int left = -1; // calls until the process dies; -1: never
    bool before = false;
    std::function<bool(const std::string& action, const HttpRequest&, bool ours)>
        on_call; // returns whether AWS answers
    std::function<std::optional<snow_white::aws::Error>(const HttpRequest&)> refuse_send;
    std::function<void(const std::string& action, const HttpRequest&, HttpResult&)> on_answer;

private:
    HttpResult answer_to(const HttpRequest& request) {
        if (action_of(request) != "SendCommand") return http_.send(request);
        const auto refused = refuse_send(request);
        if (!refused) return http_.send(request);
        // Carried out, and the answer is lost.
        if (refused->message == "reset after") http_.send(request);
        if (refused->kind == ErrorKind::server) return HttpResponse{.status = 500, .body = "{}"};
        if (refused->kind == ErrorKind::throttled)
            return HttpResponse{.status = 400, .body = R"({"__type":"ThrottlingException"})"};
        return failed(refused->kind != ErrorKind::unreachable, refused->message);
    }

    static HttpResult failed(bool was_sent, const std::string& message) {
        return tl::unexpected(snow_white::HttpError{.was_sent = was_sent, .message = message});
    }

    [[noreturn]] void die() {
        dead_ = true;
        throw Killed{};
    }

    test::SandboxHttp http_;
    MonitorClock& clock_;
    bool dead_ = false;
};

} // namespace simulation
