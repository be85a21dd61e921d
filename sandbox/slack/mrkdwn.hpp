// Slack's markup as HTML: *bold*, _italic_, `code`, ```blocks```, <links|words>, :emoji: and line breaks.
// The outcome is safe to put into a page, whatever the text was.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace sandbox {

std::string mrkdwn_to_html(const std::string& text);

// A whole message: its blocks when it has some (as Slack does), else its text; then its attachments.
std::string message_to_html(const nlohmann::json& payload);

} // namespace sandbox
