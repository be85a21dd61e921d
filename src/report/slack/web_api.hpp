// One call of Slack's Web API with a bot's token. In: a method and its arguments. Out: Slack's
// answer, or an error: Slack's code for it, and a sentence that names the fix. The token is sent in
// the Authorization header and nowhere else. Calls to this machine bypass the proxy. Sources:
// https://docs.slack.dev/apis/web-api (HTTP 200 with `ok` and `error`; tokens in the Authorization
// header with JSON), https://docs.slack.dev/apis/web-api/rate-limits (429, Retry-After),
// https://docs.slack.dev/reference/methods/chat.postMessage, …/chat.update, …/users.lookupByEmail,
// …/auth.test (arguments, scopes, errors).
#pragma once

#include "src/report/slack/slack_notifier.hpp"

namespace snow_white::report {

struct SlackError {
    std::string code;       // Slack's, e.g. "not_in_channel"; empty: the answer was not Slack's
    std::string message;    // one line: what is wrong and, where it is known, the fix
    bool retryable = false; // the failure may be temporary
    std::optional<std::chrono::seconds> retry_after;
};

class WebApi {
public:
    using Answer = tl::expected<nlohmann::json, SlackError>;

    // `url`: "https://slack.com/api/".
    WebApi(Http& http, Clock& clock, std::string url, std::string token);

    // Retried for `patience`; with a patience of zero there is one attempt.
    Answer call(const std::string& method, const nlohmann::json& arguments, Duration patience);

    // The user id of the person with that e-mail address. Slack refuses an address that nobody has.
    tl::expected<std::string, SlackError> user_with(const std::string& email, Duration patience);

private:
    Answer send(HttpRequest request, const std::string& recipient, Duration patience);

    Http& http_;
    Clock& clock_;
    std::string url_;
    std::string token_;
};

} // namespace snow_white::report
