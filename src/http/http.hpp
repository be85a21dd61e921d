// The other seam (see also clock.hpp): one HTTP request in, one response or a transport error out;
// and several conversations at once. Whoever implements it neither retries nor interprets a status:
// that is the caller's.
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
    // Sent at most once, also by an implementation that repeats a request by itself when a
    // connection that it kept open turns out dead (libcurl does): that is an error then.
    bool no_resend = false;
    bool even_when_interrupted = false; // else a run that was told to end gives it up at once
    bool bypass_proxy = false; // through no proxy: the host is this machine's own, or its host's
    std::string ca_bundle;     // a file of certificates to trust; empty: those of the system
};

struct HttpResponse {
    int status = 0;
    std::string body;
    std::string request_id; // header x-amzn-RequestId; empty when absent
    std::optional<std::chrono::seconds> retry_after;
    std::optional<std::chrono::sys_seconds> date; // the server's clock, as the answer was made
};

// Why there is no response.
struct HttpError {
    bool was_sent = false; // the request may have had its effect
    std::string message;   // "HOST: why", for a person
};

using HttpResult = tl::expected<HttpResponse, HttpError>;

class Http {
public:
    virtual ~Http() = default;
    // A run that was interrupted, before the exchange or in the middle of it, is an error, too.
    virtual HttpResult send(const HttpRequest& request) = 0;

    // Runs each of these to its end. While one waits in send() for its answer another may go on,
    // and at no other point: what they share needs no lock. Here they run one after the other, in
    // order, as a test wants it. The first exception that one of them throws is thrown again once
    // all have ended.
    virtual void run_concurrently(const std::vector<std::function<void()>>& conversations) {
        for (const auto& conversation : conversations)
            conversation();
    }
};

} // namespace snow_white
