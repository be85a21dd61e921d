#include "src/report/slack/slack_errors.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <span>

namespace snow_white::report {

namespace {

struct SlackErrorText {
    std::string_view code;
    const char* meaning; // {} stands for the channel or the user id
    const char* fix;
};

constexpr const char* renew_token =
    "give the stack the app's present Bot User OAuth Token (SlackBotToken; at the "
    "prompt SLACK_BOT_TOKEN)";
constexpr const char* ask_workspace = "ask the workspace's administrators";

constexpr SlackErrorText api_errors[] = {
    {"invalid_auth", "the token is not valid", renew_token},
    {"not_authed", "the token is not valid", renew_token},
    {"token_revoked", "the token was revoked", renew_token},
    {"token_expired", "the token has expired",
     "turn token rotation off for the app, and renew the token"},
    {"account_inactive", "the app was taken away from the workspace",
     "install it again, with its new token"},
    {"not_in_channel", "the app is not in {}", "type /invite there, with @ and the app's name"},
    {"is_archived", "{} is archived",
     "name another one (SlackChannel; at the prompt NOTIFY_SLACK_CHANNEL)"},
    {"restricted_action", "the workspace does not let the app post there", ask_workspace},
    {"access_denied", "the workspace does not let the app post there", ask_workspace},
    {"org_login_required", "the workspace is being moved", "try again later"},
    {"messages_tab_disabled", "the app takes no direct messages",
     "switch its Messages tab on (App Home)"},
    {"message_not_found", "the message was deleted", ""},
    {"cant_update_message", "the message may not be edited", ""},
    {"edit_window_closed", "the workspace lets no message be edited for so long", ask_workspace}};

constexpr const char* unknown = "Slack does not know this webhook";
constexpr const char* gone = "the webhook's channel is gone";
constexpr const char* forbidden = "the workspace does not let this webhook post";
constexpr const char* no_user = "Slack knows no such user";
constexpr const char* correct_user =
    "correct the id where it was set: --slack-user, SNOW_WHITE_SLACK_USER, the IAM user's tag "
    "slack_userid or NOTIFY_SLACK_CHANNEL";
constexpr const char* renew_webhook =
    "make a new one, and set SLACK_WEBHOOK to its URL (the stack's is the parameter SlackWebhook)";
constexpr const char* ask = "ask its administrators";

constexpr SlackErrorText webhook_errors[] = {{"no_service", unknown, renew_webhook},
                                             {"no_service_id", unknown, renew_webhook},
                                             {"no_active_hooks", unknown, renew_webhook},
                                             {"invalid_token", unknown, renew_webhook},
                                             {"no_team", unknown, renew_webhook},
                                             {"team_disabled", unknown, renew_webhook},
                                             {"user_not_found", no_user, correct_user},
                                             {"channel_not_found", gone, renew_webhook},
                                             {"channel_is_archived", gone, renew_webhook},
                                             {"action_prohibited", forbidden, ask},
                                             {"posting_to_general_channel_denied", forbidden, ask}};

std::string explain(std::span<const SlackErrorText> errors, const std::string& code,
                    const std::string& said, const std::string& recipient) {
    const auto row = std::ranges::find(errors, code, &SlackErrorText::code);
    if (row == errors.end()) return "";
    return with_fix(fmt::format(fmt::runtime(row->meaning), recipient), said, row->fix);
}

} // namespace

std::string explain_api_error(const std::string& code, const std::string& recipient) {
    return explain(api_errors, code, code, recipient);
}

std::string explain_webhook_error(const std::string& code, const std::string& answer) {
    return explain(webhook_errors, code, answer, "");
}

std::string with_fix(const std::string& what, const std::string& said, const std::string& fix) {
    return fmt::format("{} ({}){}{}", what, said, fix.empty() ? "" : "; ", fix);
}

} // namespace snow_white::report
