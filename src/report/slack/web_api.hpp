// One call of Slack's Web API by a bot's token. In: a method and its arguments. Out: Slack's
// answer, or why not: Slack's own word for it, and a sentence that names the fix. The token goes in
// the header and nowhere else; to this machine it goes through no proxy. Sources:
// https://docs.slack.dev/apis/web-api (HTTP 200 with `ok` and `error`; tokens in the Authorization
// header with JSON), https://docs.slack.dev/apis/web-api/rate-limits (429, Retry-After),
// https://docs.slack.dev/reference/methods/chat.postMessage, …/chat.update, …/users.lookupByEmail,
// …/auth.test (arguments, scopes, errors).
#pragma once

#include "src/report/slack/slack_notifier.hpp"

#include <nlohmann/json.hpp>

namespace snow_white::report {

struct SlackError {
    std::string
        error; // Slack's own word, e.g. "not_in_channel"; empty: there was no answer of Slack's
    std::string words;    // one line: what is wrong and, where it is known, the fix
    bool passing = false; // worth another try later
    std::optional<std::chrono::seconds> retry_after;
};

// The member's text as Slack wrote it; empty when there is none, or when it is no text.
std::string text_in(const nlohmann::json& body, const char* name);

class WebApi {
public:
    using Answer = tl::expected<nlohmann::json, SlackError>;

    // `url`: "https://slack.com/api/".
    WebApi(Http& http, Clock& clock, std::string url, std::string token);

    // Tried again for `patience`; with none it is tried once.
    Answer call(const std::string& method, const nlohmann::json& arguments, Duration patience);

    // The id of who has that e-mail address; refused where nobody
    // has.
    tl::expected<std::string, SlackError> user_with(const std::string& email, Duration patience);

private:
    Answer send(HttpRequest request, const std::string& recipient, Duration patience);

    Http& http_;
    Clock& clock_;
    std::string url_;
    std::string token_;
};

} // namespace snow_white::report
