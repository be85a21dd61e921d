// Slack's markup as HTML: *bold*, _italic_, ~struck~, `code`, ```blocks```, <links|words>,
// mentions, dates, :emoji: and line breaks; Block Kit's blocks. The outcome is safe to put into a
// page, whatever the text was, and what is escaped is shown as text: a forged link would be seen.
// Source: https://docs.slack.dev/messaging/formatting-message-text
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace sandbox {

std::string mrkdwn_to_html(const std::string& text);

// A whole message: its blocks when it has some (as Slack does), else its text.
std::string message_to_html(const nlohmann::json& payload);

} // namespace sandbox
