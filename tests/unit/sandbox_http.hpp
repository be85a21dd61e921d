// The sandbox as Http, without a port; tests/contract tests what libcurl and the port do between
// the two. A fault's silence and pauses pass on the caller's clock.
#pragma once

#include "sandbox/server/sandbox.hpp"
#include "src/http/http.hpp"

namespace test {

class SandboxHttp : public snow_white::Http {
public:
    SandboxHttp(sandbox::Sandbox& box, snow_white::Clock& clock) : box_(box), clock_(clock) {}

    snow_white::HttpResult send(const snow_white::HttpRequest& request) override {
        const auto received = as_received(request);
        const auto target = received.headers.find("X-Amz-Target");
        if (target != received.headers.end()) ++calls;
        auto answer = delivered(box_.handle(received), request.timeout);
        if (on_answer && target != received.headers.end()) on_answer(target->second);
        return answer;
    }

    std::function<void(const std::string& target)> on_answer; // of the JSON services

    int calls = 0; // of the JSON services: those that a drain makes while it waits

private:
    static sandbox::HttpRequest as_received(const snow_white::HttpRequest& request) {
        sandbox::HttpRequest received;
        received.method = request.method;
        received.path = request.url.substr(request.url.find('/', request.url.find("://") + 3));
        for (const auto& header : request.headers)
            received.headers.emplace(header);
        received.body = request.body;
        if (request.signing)
            received.trusted = sandbox::TrustedCaller{
                request.signing->access_key_id, request.signing->service, request.signing->region};
        return received;
    }

    snow_white::HttpResult delivered(const sandbox::HttpResponse& answer,
                                     std::chrono::milliseconds patience) {
        using sandbox::Delivery;
        if (answer.delivery == Delivery::no_connection) return failed(false, "could not connect");
        if (answer.delivery == Delivery::none || answer.pause > patience) {
            clock_.wait(patience);
            return failed(true, "timed out");
        }
        if (answer.pause.count() > 0) clock_.wait(answer.pause);
        if (answer.delivery == Delivery::reset) return failed(true, "connection reset");
        if (answer.delivery == Delivery::cut) return failed(true, "the answer ended early");
        snow_white::HttpResponse response{.status = answer.status, .body = answer.body};
        if (const auto after = answer.headers.find("Retry-After"); after != answer.headers.end())
            response.retry_after = std::chrono::seconds(std::stoi(after->second));
        return response;
    }

    static snow_white::HttpResult failed(bool was_sent, const std::string& how) {
        return tl::unexpected(
            snow_white::HttpError{.was_sent = was_sent, .message = "sandbox.test: " + how});
    }

    sandbox::Sandbox& box_;
    snow_white::Clock& clock_;
};

} // namespace test
