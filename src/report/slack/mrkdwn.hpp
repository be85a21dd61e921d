// Text from outside, escaped for Slack's markup. In: any bytes. Out: UTF-8 of at most `limit`
// bytes as Slack receives them: an entity counts as its four or five. What is too long ends in "…".
// Sources: https://docs.slack.dev/messaging/formatting-message-text (`&`, `<` and `>` are Slack's
// own; nothing is interpreted inside a code span or block; dates),
// https://docs.slack.dev/reference/block-kit/composition-objects/text-object (text of 1 to 3,000
// characters; in plain_text only emoji are interpreted, and these not with `emoji` false).
#pragma once

#include "src/base/clock.hpp"

#include <string>
#include <vector>

namespace snow_white::report {

// For plain_text and for the fallback text: no link, no mention. Line ends are replaced, since they
// would begin another line of the message. `*`, `_` and `:` stay and are markup in mrkdwn, so this
// is not enough there.
std::string escaped(const std::string& text, std::size_t limit);

// For mrkdwn, inside of a code span or block, where nothing but its own end is markup.
std::string code_safe(const std::string& text, std::size_t limit);
// `text`
std::string in_code(const std::string& text, std::size_t limit = 200);

// A link for mrkdwn, shown as the words. Both are our own; nothing in the URL can end it.
std::string link_to(const std::string& url, const std::string& words);

// A code block. The lines are code_safe already, as are the cells of a table.
std::string code_block(const std::vector<std::string>& lines);
// The lines of a table, all of the same length: the first column to the left, the others to the
// right. A character counts as one column, whether it is several bytes or an entity.
std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows);

// A time in the reader's time zone, or in UTC where Slack does not know it.
std::string local_time(Instant at);
// "2026-11-24 20:52 UTC"
std::string utc_time(Instant at);

} // namespace snow_white::report
