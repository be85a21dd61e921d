#include "src/cli/preflight/check_slack.hpp"

#include "src/base/json.hpp"
#include "src/http/url.hpp"
#include "src/report/slack/web_api.hpp"
#include "src/report/slack/webhook_check.hpp"

#include <fmt/format.h>

namespace snow_white::cli {

namespace {

// Of what is set at the prompt; `nowhere`: where that is without a channel.
std::string whom_it_would_tell(const Request& request, const std::string& nowhere) {
    if (request.mode != Mode::here) return "only --here reports by it, a task by the stack's own";
    return request.slack.channel.empty() ? nowhere : "it would report to " + request.slack.channel;
}

void look_at_token(const Request& request, Context& context, Findings& findings) {
    const auto& slack = request.slack;
    report::WebApi api(context.http, context.clock, slack.api_url, slack.bot_token);
    const auto answer = api.call("auth.test", nlohmann::json::object(), Duration{0});
    if (!answer)
        return findings.warn("SLACK_BOT_TOKEN: Slack would not be told: " + answer.error().words);
    findings.print(fmt::format(
        "SLACK_BOT_TOKEN: good, of {} in {}; {}", text_of(*answer, "user"),
        text_of(*answer, "team"),
        whom_it_would_tell(request, "NOTIFY_SLACK_CHANNEL is not set: no channel would be told")));
}

void look_at_webhook(const Request& request, Context& context, Findings& findings) {
    const std::string& channel = request.slack.channel;
    const auto tried = report::try_webhook(context.http, request.slack.webhook, channel);
    if (!tried) return findings.warn("SLACK_WEBHOOK: Slack would not be told: " + tried.error());
    if (!tried->channel_refused.empty())
        return findings.warn(fmt::format(
            "SLACK_WEBHOOK: it refuses the channel {} ({}): messages would come to its own "
            "channel; correct NOTIFY_SLACK_CHANNEL, or use a bot's token",
            channel, tried->channel_refused));
    findings.print(fmt::format(
        "SLACK_WEBHOOK: good, {} knows it (nothing was posted); {}", host_of(request.slack.webhook),
        whom_it_would_tell(request, "it would report to the webhook's own channel")));
}

} // namespace

// Where both are set the token alone is used (report/slack/slack_notifier.hpp).
void look_at_slack(const Request& request, Context& context, Findings& findings) {
    if (!request.slack.bot_token.empty())
        look_at_token(request, context, findings);
    else if (!request.slack.webhook.empty())
        look_at_webhook(request, context, findings);
}

} // namespace snow_white::cli
