// How Slack is reached. In: SLACK_BOT_TOKEN, SLACK_WEBHOOK, NOTIFY_SLACK_CHANNEL and SLACK_API_URL.
// Out: report::SlackAccess, or a UsageError that holds no part of a secret. Each of the first two
// is a secret, alone or with the channels that it may be used for:
// {"token":"xoxb-…","channels":"#ops,#deploys"}, {"webhook":"https://…","channels":"#ops"}. Whoever
// may start the task may set its environment, but cannot read a secret, and so can neither change
// such a list nor leave it out.
#pragma once

#include "src/cli/input/request.hpp"

namespace snow_white::cli {

// A regular expression: a port of this machine.
inline constexpr const char* this_machine = R"(http://127\.0\.0\.1:[0-9]{1,5})";

// Whether a value fits. The addresses are Slack's own or this machine's.
bool is_slack_token(const std::string& value);
bool is_slack_webhook(const std::string& value);
bool is_slack_channel(const std::string& value);
bool is_slack_api(const std::string& value);

// Refused: a value that does not fit. A channel that is not in the secret's list is replaced by the
// first one of the list: a run in an incident has to begin, and the team learns of it.
Parsed<report::SlackAccess> slack_access_of(const Environment& environment);

// For reporting what is wrong with the environment: only the values that fit. Where the secret has
// a list of channels, the channel is one of it.
report::SlackAccess usable_slack_access_of(const Environment& environment);

} // namespace snow_white::cli
