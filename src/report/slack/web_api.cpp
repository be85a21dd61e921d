#include "src/report/slack/web_api.hpp"

#include "src/base/printable.hpp"
#include "src/http/url.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace snow_white::report {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_error = 80;
constexpr std::size_t longest_scope = 40;
constexpr std::size_t longest_user_id = 32;
constexpr std::size_t longest_channel = 80;

constexpr const char* renew_token =
    "give the stack the app's present Bot User OAuth Token (SlackBotToken; at the "
    "prompt SLACK_BOT_TOKEN)";
constexpr const char* ask_the_administrators = "ask the workspace's administrators";

const std::set<std::string> passing_errors{"ratelimited", "rate_limited",        "internal_error",
                                           "fatal_error", "service_unavailable", "request_timeout"};

constexpr std::array api_refusals{
    RefusalMeaning{"invalid_auth", "the token is not valid", renew_token},
    RefusalMeaning{"not_authed", "the token is not valid", renew_token},
    RefusalMeaning{"token_revoked", "the token was revoked", renew_token},
    RefusalMeaning{"token_expired", "the token has expired",
                   "turn token rotation off for the app, and renew_token the token"},
    RefusalMeaning{"account_inactive", "the app was taken away from the workspace",
                   "install it again, with its new token"},
    RefusalMeaning{"not_in_channel", "the app is not in {}",
                   "type /invite there, with @ and the app's name"},
    RefusalMeaning{"is_archived", "{} is archived",
                   "name another one (SlackChannel; at the prompt NOTIFY_SLACK_CHANNEL)"},
    RefusalMeaning{"restricted_action", "the workspace does not let the app post there",
                   ask_the_administrators},
    RefusalMeaning{"access_denied", "the workspace does not let the app post there",
                   ask_the_administrators},
    RefusalMeaning{"org_login_required", "the workspace is being moved", "try again later"},
    RefusalMeaning{"messages_tab_disabled", "the app takes no direct messages",
                   "switch its Messages tab on (App Home)"},
    RefusalMeaning{"message_not_found", "the message is not there any more", ""},
    RefusalMeaning{"cant_update_message", "the message may not be edited", ""},
    RefusalMeaning{"edit_window_closed", "the workspace lets no message be edited for so long",
                   ask_the_administrators}};

bool is_person(const std::string& recipient) {
    return (recipient.starts_with('U') || recipient.starts_with('W')) &&
           recipient.size() <= longest_user_id &&
           std::ranges::all_of(recipient,
                               [](unsigned char byte) { return std::isalnum(byte) != 0; });
}

std::string printable_in(const Json& body, const char* name) {
    return printable(text_in(body, name));
}

std::string with_fix(const std::string& what, const std::string& error, const std::string& fix) {
    return fmt::format("{} ({}){}{}", what, error, fix.empty() ? "" : "; ", fix);
}

std::string words_on_refusal(const Json& body, const std::string& error,
                             const std::string& recipient) {
    if (error == "missing_scope") {
        const std::string scope = printable_in(body, "needed").substr(0, longest_scope);
        // Slack takes the one only together with the other
        // (https://docs.slack.dev/reference/scopes/users.read.email).
        const char* const also = scope == "users:read.email" ? ", together with users:read" : "";
        return with_fix(
            "the app lacks the scope " + scope, error,
            fmt::format("add it{} (OAuth & Permissions), and install the app again", also));
    }
    if (error == "channel_not_found")
        return is_person(recipient)
                   ? with_fix("there is no person " + recipient, error,
                              "correct the tag slack_userid, or --slack-user")
                   : with_fix(
                         fmt::format("the app sees no channel {}", recipient), error,
                         "correct SlackChannel; into a private channel the app has to be invited");
    for (const auto& meaning : api_refusals)
        if (error == meaning.word)
            return with_fix(fmt::format(fmt::runtime(meaning.what), recipient), error, meaning.fix);
    return "Slack says " + error;
}

Json body_of(const HttpResponse& answer) {
    Json body = Json::parse(answer.body, nullptr, false);
    return body.is_object() ? body : Json::object();
}

bool is_passing(const HttpResponse& answer, const std::string& error) {
    return answer.status == 429 || answer.status >= 500 || passing_errors.contains(error);
}

WebApi::Answer understood(const HttpResult& answer, const std::string& recipient) {
    if (!answer)
        return tl::unexpected(SlackError{.words = answer.error().message, .passing = true});
    const Json body = body_of(*answer);
    if (answer->status == 200 && body.value("ok", Json()) == Json(true)) return body;
    const std::string error = printable_in(body, "error").substr(0, longest_error);
    return tl::unexpected(SlackError{
        .error = error,
        .words = error.empty() ? fmt::format("HTTP {}, no answer of Slack's", answer->status)
                               : words_on_refusal(body, error, recipient),
        .passing = is_passing(*answer, error),
        .retry_after = answer->retry_after});
}

} // namespace

std::string text_in(const Json& body, const char* name) {
    const auto found = body.find(name);
    return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

WebApi::WebApi(Http& http, Clock& clock, std::string url, std::string token)
    : http_(http), clock_(clock), url_(std::move(url)), token_(std::move(token)) {}

WebApi::Answer WebApi::call(const std::string& method, const Json& arguments, Duration patience) {
    const auto recipient = arguments.find("channel");
    return send({.url = url_ + method,
                 .headers = {{"Content-Type", "application/json; charset=utf-8"}},
                 // The channel's name comes from outside and may be no UTF-8.
                 .body = arguments.dump(-1, ' ', false, Json::error_handler_t::replace)},
                recipient == arguments.end()
                    ? ""
                    : printable(recipient->get<std::string>()).substr(0, longest_channel),
                patience);
}

tl::expected<std::string, SlackError> WebApi::user_with(const std::string& email,
                                                        Duration patience) {
    // A form: of this method Slack has not always taken JSON.
    const auto answer = send({.url = url_ + "users.lookupByEmail",
                              .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                              .body = "email=" + percent_encoded(email)},
                             email, patience);
    if (!answer) return tl::unexpected(answer.error());
    const auto user = answer->find("user");
    std::string id = user != answer->end() && user->is_object() ? printable_in(*user, "id") : "";
    return is_person(id) ? id : "";
}

WebApi::Answer WebApi::send(HttpRequest request, const std::string& recipient, Duration patience) {
    request.headers.emplace_back("Authorization", "Bearer " + token_);
    request.timeout = attempt_patience;
    request.even_when_interrupted = true; // it says that we were
    request.bypass_proxy = request.url.starts_with("http://");
    Answer last = tl::unexpected(SlackError{});
    try_until(http_, clock_, request, clock_.elapsed() + patience, [&](const auto& answer) {
        last = understood(answer, recipient);
        return patience == Duration{0} || last || !last.error().passing;
    });
    return last;
}

} // namespace snow_white::report
