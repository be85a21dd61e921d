// A Slack that keeps what it gets: one legacy incoming webhook, which honours channel, username and icon.
// In: the POST to /services/…. Out: Slack's answer, in its plain words. fail() makes the next posts fail.
// Source: Slack's "Incoming webhooks" and "Handling errors" pages.
#pragma once

#include "sandbox/wire/http_message.hpp"
#include "src/clock/clock.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace sandbox {

using Json = nlohmann::json;

// The one webhook that exists.
inline const std::string webhook_path = "/services/T0SANDBOX/B0SANDBOX/secret";

class SlackInbox {
public:
    HttpResponse post(const HttpRequest& request, snow_white::Instant now);

    // As post() answers when it refuses; retry_after in seconds, 0 for none.
    static HttpResponse refusal(int status, int retry_after);

    // {"status": 503, "times": 3, "retry_after": 1}; retry_after in seconds, optional.
    HttpResponse fail(const HttpRequest& request);

    // [{"at", "channel", "username", "icon_emoji", "text", "payload"}], the oldest first.
    const Json& messages() const { return messages_; }

private:
    struct Failure {
        int status = 0;
        int times = 0;
        int retry_after = 0;
    };

    Failure failure_;
    Json messages_ = Json::array();
};

} // namespace sandbox
