// How Slack is reached, from the environment: SLACK_BOT_TOKEN, SLACK_WEBHOOK, NOTIFY_SLACK_CHANNEL,
// SLACK_API_URL. Each of the first two is a secret, alone or with the channels that it may be used
// for:
// {"token":"xoxb-…","channels":"#ops,#deploys"}, {"webhook":"https://…","channels":"#ops"}. Whoever
// may start the task may set its environment, but cannot read a secret, and so can neither change
// such a list nor leave it out.
#pragma once

#include "src/cli/input/request.hpp"

namespace snow_white::cli {

// The values that fit; the addresses are Slack's own, or this machine's.
bool is_slack_token(const std::string& value);
bool is_slack_webhook(const std::string& value);
bool is_slack_channel(const std::string& value);
bool is_slack_api(const std::string& value);

// Refused, without a word of a secret in it: a value that does not fit. Instead of a channel that
// is not in the secret's list the first of the list is told: a run in an incident has to begin, and
// the team hears of it.
Parsed<report::SlackAccess> slack_access_of(const Environment& environment);

// For saying what is wrong with the environment: what of it can be used. The channel is one of the
// secret's list, where there is a list.
report::SlackAccess usable_slack_access_of(const Environment& environment);

} // namespace snow_white::cli
