// HTTP, behind an interface. In: a request. Out: a response, or a transport error. Implementations
// neither retry nor interpret a status: the caller does.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace snow_white {

// What SigV4 needs to sign a request.
struct SigningKeys {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token; // empty for long-lived keys
    std::string region;
    std::string service; // the credential scope's name, e.g. "ecs"
};

struct HttpRequest {
    std::string method = "POST"; // or GET or PUT, both without a body
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::chrono::milliseconds timeout{10'000}; // for the whole exchange
    std::optional<SigningKeys> signing;
    // Sent at most once. libcurl resends a request when a kept connection turns out to be closed;
    // with no_resend that is an error.
    bool no_resend = false;
    bool even_when_interrupted = false; // false: an interruption of the run aborts the request
    bool bypass_proxy = false;          // for this machine's own addresses and link-local ones
    std::string ca_bundle;              // a file of certificates to trust; empty: the system's
};

struct HttpResponse {
    int status = 0;
    std::string body;
    std::string request_id; // header x-amzn-RequestId; empty when absent
    std::optional<std::chrono::seconds> retry_after;
    std::optional<std::chrono::sys_seconds> date; // header Date: the server's clock
};

struct HttpError {
    bool was_sent = false; // true: the request may have had its effect
    std::string message;   // "HOST: reason", for a person
};

using HttpResult = tl::expected<HttpResponse, HttpError>;

class Http {
public:
    virtual ~Http() = default;
    // An interruption of the run, before or during the exchange, is an error, too.
    virtual HttpResult send(const HttpRequest& request) = 0;

    // Runs all tasks to their end. Only while a task waits in send() does another one run, so
    // shared data needs no lock. When all have ended, the first exception of a task is rethrown.
    // This default, for tests, runs them one after the other.
    virtual void run_concurrently(const std::vector<std::function<void()>>& tasks) {
        for (const auto& task : tasks)
            task();
    }
};

} // namespace snow_white
