#include "src/report/slack/web_api.hpp"

#include "src/base/json.hpp"
#include "src/base/printable.hpp"
#include "src/http/url.hpp"
#include "src/report/slack/slack_errors.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace snow_white::report {

namespace {

constexpr std::size_t longest_error = 80;
constexpr std::size_t longest_scope = 40;
constexpr std::size_t longest_user_id = 32;
constexpr std::size_t longest_channel = 80;

const std::set<std::string> retryable_errors{"ratelimited",         "rate_limited",
                                             "internal_error",      "fatal_error",
                                             "service_unavailable", "request_timeout"};

bool is_person(const std::string& recipient) {
    return (recipient.starts_with('U') || recipient.starts_with('W')) &&
           recipient.size() <= longest_user_id &&
           std::ranges::all_of(recipient,
                               [](unsigned char byte) { return std::isalnum(byte) != 0; });
}

std::string printable_in(const Json& body, const char* name) {
    return printable(text_of(body, name));
}

std::string explain_error(const Json& body, const std::string& error,
                          const std::string& recipient) {
    if (error == "missing_scope") {
        const std::string scope = printable_in(body, "needed").substr(0, longest_scope);
        // Slack grants this scope only together with users:read
        // (https://docs.slack.dev/reference/scopes/users.read.email).
        const char* const also = scope == "users:read.email" ? ", together with users:read" : "";
        return with_fix(
            "the app lacks the scope " + scope, error,
            fmt::format("add it{} (OAuth & Permissions), and install the app again", also));
    }
    if (error == "channel_not_found")
        return is_person(recipient)
                   ? with_fix("there is no person " + recipient, error,
                              "correct the tag slack_userid, or --slack-user")
                   : with_fix(
                         fmt::format("the app sees no channel {}", recipient), error,
                         "correct SlackChannel; into a private channel the app has to be invited");
    const std::string known = explain_api_error(error, recipient);
    return known.empty() ? "Slack says " + error : known;
}

Json body_of(const HttpResponse& answer) {
    Json body = Json::parse(answer.body, nullptr, false);
    return body.is_object() ? body : Json::object();
}

WebApi::Answer parse_answer(const HttpResult& answer, const std::string& recipient) {
    if (!answer)
        return tl::unexpected(SlackError{.message = answer.error().message, .retryable = true});
    const Json body = body_of(*answer);
    if (answer->status == 200 && body.value("ok", Json()) == Json(true)) return body;
    const std::string error = printable_in(body, "error").substr(0, longest_error);
    return tl::unexpected(SlackError{
        .code = error,
        .message = error.empty() ? fmt::format("HTTP {}, no answer of Slack's", answer->status)
                                 : explain_error(body, error, recipient),
        .retryable =
            answer->status == 429 || answer->status >= 500 || retryable_errors.contains(error),
        .retry_after = answer->retry_after});
}

} // namespace

WebApi::WebApi(Http& http, Clock& clock, std::string url, std::string token)
    : http_(http), clock_(clock), url_(std::move(url)), token_(std::move(token)) {}

WebApi::Answer WebApi::call(const std::string& method, const Json& arguments, Duration patience) {
    const auto recipient = arguments.find("channel");
    return send({.url = url_ + method,
                 .headers = {{"Content-Type", "application/json; charset=utf-8"}},
                 .body = body_text(arguments)},
                recipient == arguments.end()
                    ? ""
                    : printable(recipient->get<std::string>()).substr(0, longest_channel),
                patience);
}

tl::expected<std::string, SlackError> WebApi::user_with(const std::string& email,
                                                        Duration patience) {
    // A form, because Slack has not always accepted JSON for this method.
    const auto answer = send({.url = url_ + "users.lookupByEmail",
                              .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                              .body = "email=" + percent_encoded(email)},
                             email, patience);
    if (!answer) return tl::unexpected(answer.error());
    const std::string id = printable_in(answer->value("user", Json()), "id");
    return is_person(id) ? id : "";
}

WebApi::Answer WebApi::send(HttpRequest request, const std::string& recipient, Duration patience) {
    request.headers.emplace_back("Authorization", "Bearer " + token_);
    request.timeout = attempt_patience;
    request.even_when_interrupted = true; // the last message says that the run was
    request.bypass_proxy = request.url.starts_with("http://");
    Answer last = tl::unexpected(SlackError{});
    try_until(http_, clock_, request, clock_.elapsed() + patience, [&](const auto& answer) {
        last = parse_answer(answer, recipient);
        return patience == Duration{0} || last || !last.error().retryable;
    });
    return last;
}

} // namespace snow_white::report
