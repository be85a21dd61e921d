#include "src/report/slack/block_kit.hpp"

#include "src/report/slack/mrkdwn.hpp"

namespace snow_white::report {

namespace {

constexpr std::size_t longest_header = 150;

// With `verbatim` Slack makes no link and no mention of plain text.
Json mrkdwn_text(const std::string& text) {
    return {{"type", "mrkdwn"}, {"text", text}, {"verbatim", true}};
}

Json plain_text(const std::string& text, std::size_t limit) {
    return {{"type", "plain_text"}, {"text", escaped(text, limit)}, {"emoji", false}};
}

} // namespace

Json header(const std::string& text) {
    return {{"type", "header"}, {"text", plain_text(text, longest_header)}};
}

Json plain_section(const std::string& text, std::size_t limit) {
    return {{"type", "section"}, {"text", plain_text(text, limit)}};
}

Json section(const std::string& mrkdwn) {
    return {{"type", "section"}, {"text", mrkdwn_text(mrkdwn)}};
}

Json fields(const std::vector<std::pair<std::string, std::string>>& pairs) {
    Json list = Json::array();
    for (const auto& [title, value] : pairs)
        list.push_back(mrkdwn_text("*" + title + "*\n" + value));
    return {{"type", "section"}, {"fields", list}};
}

Json context(const std::string& mrkdwn) {
    return {{"type", "context"}, {"elements", Json::array({mrkdwn_text(mrkdwn)})}};
}

} // namespace snow_white::report
