// Checks that Slack accepts messages by a webhook, without posting one. In: the webhook's URL, and
// the channel that a run would name. Out: what Slack says about the channel, or one line that says
// what is wrong and the fix. No line contains the URL, which is a secret.
//
// The check sends what a run would send, without its text, once; if Slack refuses the channel, a
// second time without a channel. Whether Slack looks at the channel or at the text first is not
// known: a webhook that looks at the text first appears to accept the channel.
//
// Slack looks the webhook up before it reads the message, and does not post a message without text:
// it answers HTTP 400 with `no_text` or another code for the same (formerly
// `missing_text_or_fallback_or_attachments`). Sources: Slack's page "Sending messages using
// incoming webhooks" (Handling errors:
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks) and its changelog
// https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks list the
// codes; https://github.com/streaak/keyhacks (Slack Webhook) checks webhooks with this very
// message. Not tried on a real workspace.
#pragma once

#include "src/http/http.hpp"

namespace snow_white::report {

struct WebhookCheck {
    std::string channel_refused; // Slack's answer to the channel; empty: it did not refuse it
};

tl::expected<WebhookCheck, std::string> check_webhook(Http& http, const std::string& webhook,
                                                      const std::string& channel);

} // namespace snow_white::report
