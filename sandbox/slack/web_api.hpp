// Slack's Web API, as far as a bot's token needs it: auth.test, chat.postMessage, chat.update,
// users.lookupByEmail; and apps.manifest.validate, with a configuration token. In: a request to
// /api/METHOD, with arguments in the query, in a form or in JSON. Out: JSON with `ok`, and Slack's
// own word in `error`. What is posted goes to the inbox, and an edit replaces it there.
//
// The workspace: any #channel exists and has the bot in it, but #not-invited (public, without the
// bot), #private (another one's: not even its name is admitted) and #archived; one person, alice.
//
// Sources: https://docs.slack.dev/apis/web-api (arguments, tokens, errors),
// https://docs.slack.dev/reference/methods/ and the methods' names (arguments, scopes, their
// errors: chat.update takes the id of a direct message, not the person's),
// https://docs.slack.dev/changelog/2017-10-keeping-up-with-the-jsons (JSON needs the token in the
// header), https://docs.slack.dev/apis/web-api/rate-limits (50 a minute for tier 3; 429 with
// Retry-After; one message a second and channel is not enforced here: bursts are allowed).
// Inferred: `invalid_arguments` for a missing channel or ts, `thread_not_found` for a thread that
// is none.
#pragma once

#include "sandbox/slack/inbox.hpp"

#include <deque>
#include <map>

namespace sandbox {

inline const std::string web_api_path = "/api/"; // what stands before a method's name
inline const std::string bot_token = "xoxb-sandbox-secret";
inline const std::string token_without_scopes = "xoxb-sandbox-without-scopes"; // but users:read
// Of somebody who makes apps
// (https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests).
inline const std::string configuration_token = "xoxe.xoxp-sandbox-configuration";

class SlackWebApi {
public:
    explicit SlackWebApi(SlackInbox& inbox) : inbox_(inbox) {}

    HttpResponse call(const HttpRequest& request, Instant now);

    // As call() answers when it refuses for a reason of the server's own.
    static HttpResponse refusal(int status);

    // "chat.postMessage" of a path; empty: there is none such.
    static std::string method_of(const std::string& path);

private:
    Json post_message(const Json& arguments, Instant now);
    Json update(const Json& arguments, Instant now);
    bool is_over_rate(const std::string& method, Instant now);
    static bool is_over(std::deque<Instant>& calls, std::size_t most, Duration span, Instant now);
    std::string next_ts(Instant now);

    SlackInbox& inbox_;
    std::map<std::string, std::string> channels_; // id -> as it was named: "#deploys", "U0ALICE00"
    std::map<std::string, std::deque<Instant>> calls_;  // of the last minute, by method
    std::map<std::string, std::deque<Instant>> posted_; // of the last seconds, by channel
    std::string last_ts_;
};

} // namespace sandbox
