#include "src/cli/preflight/check_slack.hpp"

#include "src/base/json.hpp"
#include "src/http/url.hpp"
#include "src/report/slack/web_api.hpp"
#include "src/report/slack/webhook_check.hpp"

namespace snow_white::cli {

namespace {

// Where the reports would go; `no_channel`: the text for a setting without a channel.
std::string destination_text(const Request& request, const std::string& no_channel) {
    if (request.mode != Mode::here) return "only --here reports by it, a task by the stack's own";
    return request.slack.channel.empty() ? no_channel
                                         : "it would report to " + request.slack.channel;
}

void check_token(const Request& request, Context& context, Findings& findings) {
    const auto& slack = request.slack;
    report::WebApi api(context.http, context.clock, slack.api_url, slack.bot_token);
    const auto answer = api.call("auth.test", nlohmann::json::object(), Duration{0});
    if (!answer)
        return findings.warn("SLACK_BOT_TOKEN: Slack would get no message: " +
                             answer.error().message);
    findings.print("SLACK_BOT_TOKEN: good, of {} in {}; {}", text_of(*answer, "user"),
                   text_of(*answer, "team"),
                   destination_text(
                       request, "NOTIFY_SLACK_CHANNEL is not set: no channel would get a message"));
}

void check_webhook(const Request& request, Context& context, Findings& findings) {
    const std::string& channel = request.slack.channel;
    const auto tried = report::check_webhook(context.http, request.slack.webhook, channel);
    if (!tried) return findings.warn("SLACK_WEBHOOK: Slack would get no message: " + tried.error());
    if (!tried->channel_refused.empty())
        return findings.warn(
            "SLACK_WEBHOOK: it refuses the channel {} ({}): messages would come to its own "
            "channel; correct NOTIFY_SLACK_CHANNEL, or use a bot's token",
            channel, tried->channel_refused);
    findings.print("SLACK_WEBHOOK: good, {} knows it (nothing was posted); {}",
                   host_of(request.slack.webhook),
                   destination_text(request, "it would report to the webhook's own channel"));
}

} // namespace

// With both, only the token is used (report/slack/slack_notifier.hpp).
void check_slack(const Request& request, Context& context, Findings& findings) {
    if (!request.slack.bot_token.empty())
        check_token(request, context, findings);
    else if (!request.slack.webhook.empty())
        check_webhook(request, context, findings);
}

} // namespace snow_white::cli
