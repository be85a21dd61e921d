#include "src/aws/client.hpp"

#include "src/http/url.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace snow_white::aws {

namespace {

// Source: aws-sdk-java-v2, RetryUtils and ClockSkew.
constexpr std::array codes_of_skew{"RequestTimeTooSkewed",      "RequestExpired",
                                   "RequestInTheFuture",        "SignatureDoesNotMatch",
                                   "InvalidSignatureException", "AuthFailure"};
constexpr std::chrono::minutes tolerated_skew{4};

// AWS accepts a signature only near its own time: within five minutes for most services. A wrong
// clock is reported, not corrected: libcurl signs with the system's time, and before 8.3.0 it sends
// a date given by the caller twice (curl issue 11738), which no service promises to accept.
// Out: "this machine's clock is 12 minutes behind AWS's: …"; empty: the clock is not the reason.
std::string describe_skew(const Error& error, const HttpResponse& response, Instant now) {
    if (!response.date || std::ranges::find(codes_of_skew, error.code) == codes_of_skew.end())
        return {};
    const auto ahead = now - *response.date;
    if (std::chrono::abs(ahead) <= tolerated_skew) return {};
    return fmt::format(
        "this machine's clock is {} minutes {} AWS's: set it, then run the same command again",
        std::chrono::round<std::chrono::minutes>(std::chrono::abs(ahead)).count(),
        ahead.count() > 0 ? "ahead of" : "behind");
}

std::string form(const Operation& operation, const Parameters& parameters) {
    std::string body =
        fmt::format("Action={}&Version={}", operation.name, operation.service.version);
    for (const auto& [name, value] : parameters)
        body += fmt::format("&{}={}", name, percent_encoded(value));
    return body;
}

} // namespace

Client::Client(Session session, std::string region)
    : session_(session), region_(std::move(region)),
      // Seeded by the time: clients differ, and a simulation repeats its numbers.
      random_(static_cast<std::minstd_rand::result_type>(
          session.clock.now().time_since_epoch().count())) {}

Result<Document> Client::send_json(const Operation& operation, const Json& parameters) {
    return send(
        operation,
        {.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target",
                      fmt::format("{}.{}", operation.service.version, operation.name)}},
         // Names come from outside: invalid UTF-8 in one is replaced, so it matches nothing.
         .body = parameters.dump(-1, ' ', false, Json::error_handler_t::replace)},
        parameters.contains("NextToken") ? Page::further : Page::first);
}

Result<Xml> Client::query(const Operation& operation, const Parameters& parameters) {
    const bool further = std::ranges::any_of(
        parameters, [](const auto& parameter) { return parameter.first == "NextToken"; });
    return send(operation,
                {.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                 .body = form(operation, parameters)},
                further ? Page::further : Page::first)
        .map([](Document document) { return std::get<Xml>(std::move(document)); });
}

// A call that AWS refused because of expired credentials had no effect: with newer ones it is made
// again, once.
Result<Document> Client::send(const Operation& operation, HttpRequest request, Page page) {
    bool renewed = false;
    std::optional<ErrorKind> last;
    const Duration began = session_.clock.elapsed();
    for (int attempt = 1;; ++attempt) {
        if (page == Page::first || attempt > 1) await_rate_limit();
        auto response = send_once(operation, request);
        auto answer =
            response ? parse_response(operation, *response) : tl::unexpected(response.error());
        if (answer) {
            session_.retries->give_back(last);
            return answer;
        }
        Error& error = answer.error();
        error.service = operation.service.name;
        error.action = operation.name;
        const auto skew = response ? describe_skew(error, *response, session_.clock.now()) : "";
        if (!skew.empty()) {
            error.message = skew + " (" + error.message + ")";
        } else if (operation.is_signed && is_expiry(error.code)) {
            if (!std::exchange(renewed, true)) {
                session_.credentials.invalidate();
                continue;
            }
            error.message += "; AWS rejected freshly loaded keys, too; log in again";
        }
        if (!may_retry(operation, error.kind, attempt, began)) return answer;
        last = error.kind;
        session_.clock.wait(
            pause_before_retry(attempt, response ? response->retry_after : std::nullopt, random_));
    }
}

void Client::await_rate_limit() {
    const Duration pause = session_.rate_limit->before_call(session_.clock.elapsed());
    if (pause > Duration{0}) session_.clock.wait(pause);
}

bool Client::may_retry(const Operation& operation, ErrorKind kind, int attempt, Duration began) {
    const bool in_time = session_.clock.elapsed() < began + longest_time_of_unrepeatable;
    const bool safe = operation.repeatable ? is_transient(kind) : had_no_effect(kind) && in_time;
    return safe && attempt < session_.settings.attempts && !session_.clock.interrupted() &&
           session_.retries->take(kind);
}

Result<HttpResponse> Client::send_once(const Operation& operation, HttpRequest& request) {
    if (!session_.settings.problem.empty())
        return tl::unexpected(
            Error{.kind = ErrorKind::invalid, .message = session_.settings.problem});
    const auto endpoint = endpoint_of(session_.settings, operation.service, region_);
    request.url = endpoint.url;
    request.no_resend = !operation.repeatable;
    request.ca_bundle = session_.settings.ca_bundle;
    if (operation.is_signed) {
        const auto credentials = session_.credentials.get();
        if (!credentials) return tl::unexpected(credentials.error());
        request.signing = SigningKeys{credentials->access_key_id, credentials->secret_access_key,
                                      credentials->session_token, endpoint.signing_region,
                                      std::string(operation.service.name)};
    }
    return session_.http.send(request).map_error(error_of);
}

} // namespace snow_white::aws
