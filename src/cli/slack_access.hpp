// How Slack is reached, from the environment: SLACK_BOT_TOKEN, SLACK_WEBHOOK, NOTIFY_SLACK_CHANNEL,
// SLACK_API_URL.
#pragma once

#include "src/cli/request.hpp"

namespace snow_white::cli {

// Refused, without a word of the secret in it: a token that is not a bot's; an address of the API that is
// neither Slack's nor this machine's. Whoever may start the task may set its environment, and must not get at
// the token.
Parsed<report::SlackAccess> slack_access_of(const aws::Environment& environment);

} // namespace snow_white::cli
