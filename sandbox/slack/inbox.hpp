// A Slack that keeps what it gets: one legacy incoming webhook, which honours channel, username and
// icon; and what the Web API (web_api.hpp) posts and edits. In: the POST to /services/…. Out:
// Slack's answer, in its plain words. fail() makes the next posts, and calls of the Web API, fail.
// Source: Slack's "Incoming webhooks" and "Handling errors" pages.
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/wire/http_message.hpp"

#include <optional>
#include <string>

namespace sandbox {

// The one webhook that exists.
inline const std::string webhook_path = "/services/T0SANDBOX/B0SANDBOX/secret";

// The one person of the workspace.
inline const std::string known_user = "U0ALICE00";
inline const std::string known_email = "alice@example.com";

class SlackInbox {
public:
    struct Failure {
        int status = 0;
        int times = 0;
        int retry_after = 0;
        std::string error; // the Web API's, with ok = false; empty: the status says it
    };

    HttpResponse post(const HttpRequest& request, Instant now);

    // As post() answers when it refuses; retry_after in seconds, 0 for none.
    static HttpResponse refusal(int status, int retry_after);

    // {"status": 503, "times": 3, "retry_after": 1}; retry_after in seconds, optional. Of the Web
    // API alone:
    // {"error": "not_in_channel", "times": 1}. Of the webhook alone, from then on:
    // {"channel_refusal": "channel_not_found", "status": 404}: it refuses any channel, as some do
    // since 2026; "" ends that. That the channel is looked at before the words is assumed.
    HttpResponse fail(const HttpRequest& request);

    // The failure that was asked for, counted down; none when there is none left.
    std::optional<Failure> next_failure();

    // [{"at", "channel", "username", "icon_emoji", "text", "payload"}], the oldest first; of the
    // Web API also "ts", "edits" [{"at", "instead_of"}], and "thread_ts" for a reply.
    const Json& messages() const { return messages_; }
    void keep(Json message) { messages_.push_back(std::move(message)); }
    // Null when there is none such.
    Json* find(const std::string& channel, const std::string& ts);

private:
    Failure failure_;
    Failure channel_refusal_; // its error is the word; empty: channels are taken
    Json messages_ = Json::array();
};

} // namespace sandbox
