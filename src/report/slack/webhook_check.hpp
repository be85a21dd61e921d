// Whether Slack takes messages by a webhook, found out without one. In: the URL, and the channel
// that a run would name. Out: what it says of the channel, or one line that says what is wrong and
// the fix, without the URL, which is a secret. It is asked by what a run would post, without its
// words; once, and a second time without the channel if it refuses that. In which order Slack looks
// at the channel and at the words is not known: a webhook that looks at the words first is taken
// for one that takes the channel.
//
// Slack looks the webhook up before it reads, and does not post a message without words: it refuses
// it with HTTP 400 and `no_text`, or in other words for the same (formerly
// `missing_text_or_fallback_or_attachments`). Sources: Slack's page "Sending messages using
// incoming webhooks" (Handling errors:
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks) and its changelog
// https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks have the
// words; https://github.com/streaak/keyhacks (Slack Webhook) tells living webhooks from dead ones
// by this very message. Not tried on a real workspace.
#pragma once

#include "src/http/http.hpp"

namespace snow_white::report {

struct WebhookTrial {
    std::string channel_refused; // Slack's words; empty: it did not say so
};

tl::expected<WebhookTrial, std::string> try_webhook(Http& http, const std::string& webhook,
                                                    const std::string& channel);

} // namespace snow_white::report
