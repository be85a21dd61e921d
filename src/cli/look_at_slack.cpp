#include "src/cli/look_at_slack.hpp"

#include "src/aws/json.hpp"
#include "src/report/slack_api.hpp"

#include <fmt/format.h>

namespace snow_white::cli {

void look_at_slack(const Request& request, Outside& outside, Findings& findings) {
    const auto& slack = request.slack;
    if (slack.bot_token.empty()) return;
    report::SlackApi api(outside.http, outside.clock, slack.api_url, slack.bot_token);
    const auto answer = api.call("auth.test", nlohmann::json::object(), Duration{0});
    if (!answer) return findings.warn("SLACK_BOT_TOKEN: Slack would not be told: " + answer.error().words);
    findings.say(fmt::format("SLACK_BOT_TOKEN: good, of {} in {}; {}", aws::text_of(*answer, "user"),
                             aws::text_of(*answer, "team"),
                             slack.channel.empty()
                                 ? "NOTIFY_SLACK_CHANNEL is not set: no channel would be told"
                                 : "it would report to " + slack.channel));
}

} // namespace snow_white::cli
