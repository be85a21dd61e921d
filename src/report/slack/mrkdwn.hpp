// Words from outside, made fit for Slack's markup. In: any bytes. Out: UTF-8 within `limit` bytes,
// which is what Slack is sent: an entity counts as its four or five. What is too long ends in "…".
// Sources: https://docs.slack.dev/messaging/formatting-message-text (`&`, `<` and `>` are Slack's
// own; nothing is interpreted inside a code span or block; dates),
// https://docs.slack.dev/reference/block-kit/composition-objects/text-object (text of 1 to 3,000
// characters; in plain_text only emoji are interpreted, and these not with `emoji` false).
#pragma once

#include "src/base/clock.hpp"

#include <string>

namespace snow_white::report {

// For plain_text and for the fallback text: no link, no mention; a line's end would begin another
// line of the message and is replaced. `*`, `_` and `:` stay: they mean something to mrkdwn, so
// this is not enough there.
std::string escaped(const std::string& text, std::size_t limit = 3'000);

// For mrkdwn: inside of a code span or block, where nothing but its own end is markup.
std::string code_safe(const std::string& text, std::size_t limit);
// `text`
std::string in_code(const std::string& text, std::size_t limit = 200);

// A moment in the reader's own time zone; in UTC where Slack cannot say.
std::string local_time(Instant at);
// "2026-11-24 20:52 UTC"
std::string utc_time(Instant at);

} // namespace snow_white::report
