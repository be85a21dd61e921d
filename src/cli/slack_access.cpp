#include "src/cli/slack_access.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <regex>

namespace snow_white::cli {

namespace {

constexpr const char* token_variable = "SLACK_BOT_TOKEN";
constexpr const char* url_variable = "SLACK_API_URL";
constexpr std::size_t longest_url = 64;

// Slack's, the one of GovSlack (https://docs.slack.dev/govslack), this machine's. The whole of it: what
// stands before an @ in an address is no host.
bool is_known(const std::string& url) {
    if (url.size() > longest_url) return false; // std::regex goes down by recursion, a letter a step
    static const std::regex known(R"(https://slack(-gov)?\.com/api/|http://127\.0\.0\.1:[0-9]{1,5}/api/)");
    return std::regex_match(url, known);
}

// Source: https://docs.slack.dev/authentication/tokens: a bot's begins with xoxb-.
bool is_bot_token(const std::string& text) {
    return text.starts_with("xoxb-") && std::ranges::all_of(text, [](unsigned char byte) {
               return std::isalnum(byte) != 0 || byte == '-';
           });
}

} // namespace

Parsed<report::SlackAccess> slack_access_of(const aws::Environment& environment) {
    report::SlackAccess access{.bot_token = environment.get(token_variable),
                               .webhook = environment.get("SLACK_WEBHOOK"),
                               .channel = environment.get("NOTIFY_SLACK_CHANNEL")};
    if (!access.bot_token.empty() && !is_bot_token(access.bot_token))
        return tl::unexpected(UsageError{fmt::format("{}: not a bot's token; it begins with xoxb- and is the "
                                                     "app's Bot User OAuth Token, without token rotation",
                                                     token_variable)});
    access.api_url = environment.get(url_variable, access.api_url);
    if (!access.api_url.ends_with('/')) access.api_url += '/';
    if (!is_known(access.api_url))
        return tl::unexpected(UsageError{fmt::format("{}: neither Slack's nor this machine's; write "
                                                     "https://slack-gov.com/api/ for GovSlack, or unset it",
                                                     url_variable)});
    return access;
}

} // namespace snow_white::cli
