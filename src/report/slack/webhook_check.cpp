#include "src/report/slack/webhook_check.hpp"

#include "src/report/slack/slack_errors.hpp"
#include "src/report/slack/webhook_notifier.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

constexpr std::array good_answers{"no_text", "invalid_payload",
                                  "missing_text_or_fallback_or_attachments"};
constexpr std::size_t longest_code = 48;

// Slack answers with a code alone. The page of another server may quote the URL, so it is dropped.
std::string code_in(const std::string& body) {
    const bool is_code = body.size() <= longest_code && std::ranges::all_of(body, [](char letter) {
                             return (letter >= 'a' && letter <= 'z') || letter == '_';
                         });
    return is_code ? body : "";
}

HttpResult post_without_text(Http& http, const std::string& webhook, const std::string& channel) {
    Json payload = webhook_payload(channel, {});
    payload.erase("blocks");
    return http.send(webhook_request(webhook, payload));
}

std::string answer_text(const HttpResponse& answer) {
    const std::string code = code_in(answer.body);
    return fmt::format("HTTP {}{}{}", answer.status, code.empty() ? "" : " ", code);
}

// What is wrong, and the fix; empty: the webhook works.
std::string problem_in(const HttpResult& answer) {
    if (!answer)
        return answer.error().message + "; check SLACK_WEBHOOK, the network and HTTPS_PROXY";
    const std::string code = code_in(answer->body);
    if (std::ranges::find(good_answers, code) != good_answers.end()) return "";
    const std::string said = answer_text(*answer);
    if (std::string known = explain_webhook_error(code, said); !known.empty()) return known;
    if (answer->status == 429 || answer->status >= 500)
        return fmt::format("Slack does not work ({}); try again later", said);
    return fmt::format(
        "that is no answer of Slack's ({}); SLACK_WEBHOOK is the URL that Slack shows for "
        "the webhook: https://hooks.slack.com/services/…",
        said);
}

} // namespace

tl::expected<WebhookCheck, std::string> check_webhook(Http& http, const std::string& webhook,
                                                      const std::string& channel) {
    WebhookCheck trial;
    auto answer = post_without_text(http, webhook, channel);
    if (answer && !channel.empty() && refuses_channel(*answer)) {
        trial.channel_refused = answer_text(*answer);
        answer = post_without_text(http, webhook, "");
    }
    if (const auto problem = problem_in(answer); !problem.empty()) return tl::unexpected(problem);
    return trial;
}

} // namespace snow_white::report
