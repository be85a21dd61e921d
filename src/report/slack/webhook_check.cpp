#include "src/report/slack/webhook_check.hpp"

#include "src/report/slack/webhook_notifier.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

namespace snow_white::report {

namespace {

constexpr std::array good_answers{"no_text", "invalid_payload",
                                  "missing_text_or_fallback_or_attachments"};
constexpr std::size_t longest_refusal = 48;

constexpr const char* unknown = "Slack does not know this webhook";
constexpr const char* renew_webhook =
    "make a new one, and set SLACK_WEBHOOK to its URL (the stack's is the parameter SlackWebhook)";
constexpr const char* forbidden = "the workspace does not let this webhook post";
constexpr const char* ask = "ask its administrators";
constexpr const char* gone = "the webhook's channel is gone";

constexpr std::array webhook_refusals{
    RefusalMeaning{"no_service", unknown, renew_webhook},
    RefusalMeaning{"no_service_id", unknown, renew_webhook},
    RefusalMeaning{"no_active_hooks", unknown, renew_webhook},
    RefusalMeaning{"invalid_token", unknown, renew_webhook},
    RefusalMeaning{"no_team", unknown, renew_webhook},
    RefusalMeaning{"team_disabled", unknown, renew_webhook},
    RefusalMeaning{"channel_not_found", gone, renew_webhook},
    RefusalMeaning{"channel_is_archived", gone, renew_webhook},
    RefusalMeaning{"action_prohibited", forbidden, ask},
    RefusalMeaning{"posting_to_general_channel_denied", forbidden, ask}};

// Slack answers one word. Another server's page may quote the URL, and so is not repeated.
std::string word_of(const std::string& body) {
    const bool is_word =
        body.size() <= longest_refusal && std::ranges::all_of(body, [](char letter) {
            return (letter >= 'a' && letter <= 'z') || letter == '_';
        });
    return is_word ? body : "";
}

HttpResult post_without_words(Http& http, const std::string& webhook, const std::string& channel) {
    Json payload = webhook_payload(channel, {});
    payload.erase("blocks");
    return http.send({.url = webhook,
                      .headers = {{"Content-Type", "application/json"}},
                      .body = payload.dump(-1, ' ', false, Json::error_handler_t::replace),
                      .timeout = attempt_patience});
}

std::string said_in(const HttpResponse& answer) {
    const std::string word = word_of(answer.body);
    return fmt::format("HTTP {}{}{}", answer.status, word.empty() ? "" : " ", word);
}

tl::expected<void, std::string> judge(const HttpResult& answer) {
    if (!answer)
        return tl::unexpected(answer.error().message +
                              "; check SLACK_WEBHOOK, the network and HTTPS_PROXY");
    const std::string word = word_of(answer->body);
    if (std::ranges::find(good_answers, word) != good_answers.end()) return {};
    const std::string said = said_in(*answer);
    for (const auto& meaning : webhook_refusals)
        if (word == meaning.word)
            return tl::unexpected(fmt::format("{} ({}); {}", meaning.what, said, meaning.fix));
    if (answer->status == 429 || answer->status >= 500)
        return tl::unexpected(fmt::format("Slack is not well ({}); try again later", said));
    return tl::unexpected(fmt::format(
        "that is no answer of Slack's ({}); SLACK_WEBHOOK is the URL that Slack shows for "
        "the webhook: https://hooks.slack.com/services/…",
        said));
}

} // namespace

tl::expected<WebhookTrial, std::string> try_webhook(Http& http, const std::string& webhook,
                                                    const std::string& channel) {
    WebhookTrial trial;
    auto answer = post_without_words(http, webhook, channel);
    if (answer && !channel.empty() && refuses_channel(*answer)) {
        trial.channel_refused = said_in(*answer);
        answer = post_without_words(http, webhook, "");
    }
    if (const auto judged = judge(answer); !judged) return tl::unexpected(judged.error());
    return trial;
}

} // namespace snow_white::report
