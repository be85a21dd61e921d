// Whether Slack takes messages by a webhook, found out without one. In: the URL. Out: nothing, or one line
// that says what is wrong and the fix, without the URL, which is a secret. It is asked once.
//
// Slack looks the webhook up before it reads, and does not post a message without words: it refuses it with
// HTTP 400 and `no_text`, or in other words for the same (formerly
// `missing_text_or_fallback_or_attachments`). Sources: Slack's page "Sending messages using incoming
// webhooks" (Handling errors: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks) and
// its changelog https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks have the
// words; https://github.com/streaak/keyhacks (Slack Webhook) tells living webhooks from dead ones by this
// very message. Not tried on a real workspace.
#pragma once

#include "src/aws/http.hpp"

namespace snow_white::report {

tl::expected<void, std::string> try_webhook(aws::Http& http, const std::string& webhook);

} // namespace snow_white::report
