// The blocks that our messages are made of, each within its limits whatever it is given.
// Source: https://docs.slack.dev/reference/block-kit/blocks (header: plain_text of at most 150
// characters; section: text of 1 to 3,000, or at most 10 fields of 2,000; context: at most 10
// elements; 50 blocks a message). Over about 13,200 characters of blocks Slack answers
// msg_blocks_too_long (https://github.com/slackapi/bolt-js/issues/2509). All limits are kept in
// bytes, which are never fewer.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace snow_white::report {

using Json = nlohmann::json;

inline constexpr std::size_t most_blocks = 50;
inline constexpr std::size_t longest_section = 3'000;
// Ours, so that all of a message together stays under what Slack takes.
inline constexpr std::size_t longest_name = 40; // what Elastic Beanstalk allows of an environment's
inline constexpr std::size_t longest_sentence = 900;

// Large and bold; our own words only.
Json header(const std::string& words);
// Words from outside as they are: nothing in them is markup. Cut at `limit` bytes.
Json plain_section(const std::string& words, std::size_t limit = longest_section);
// Our own mrkdwn; words from outside in it are code (mrkdwn.hpp).
Json section(const std::string& mrkdwn);
// Two columns of a title and a value (mrkdwn); at most 10.
Json fields(const std::vector<std::pair<std::string, std::string>>& pairs);
// Small and grey.
Json context(const std::string& mrkdwn);

} // namespace snow_white::report
