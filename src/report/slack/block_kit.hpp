// The blocks of our Slack messages, each within Slack's limits whatever its text. Source:
// https://docs.slack.dev/reference/block-kit/blocks (header: plain_text of at most 150 characters;
// section: text of 1 to 3,000, or at most 10 fields of 2,000; context: at most 10 elements; 50
// blocks a message). Over about 13,200 characters of blocks Slack answers msg_blocks_too_long
// (https://github.com/slackapi/bolt-js/issues/2509). We count bytes, which are never fewer than
// characters.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace snow_white::report {

using Json = nlohmann::json;

// Our own limits, so that a whole message is not too long for Slack.
inline constexpr std::size_t longest_name = 40; // Elastic Beanstalk's limit for an environment
inline constexpr std::size_t longest_sentence = 900;

// Large and bold; for our own text only.
Json header(const std::string& text);
// Text from outside: nothing in it is markup. Cut at `limit` bytes.
Json plain_section(const std::string& text, std::size_t limit);
// Our own mrkdwn; text from outside in it is code (mrkdwn.hpp).
Json section(const std::string& mrkdwn);
// Two columns of a title and a value (mrkdwn); at most 10.
Json fields(const std::vector<std::pair<std::string, std::string>>& pairs);
// Small and grey.
Json context(const std::string& mrkdwn);

} // namespace snow_white::report
