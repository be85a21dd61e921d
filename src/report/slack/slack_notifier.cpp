#include "src/report/slack/slack_notifier.hpp"

#include "src/report/slack/bot_notifier.hpp"
#include "src/report/slack/webhook_notifier.hpp"

#include <algorithm>

namespace snow_white::report {

namespace {

constexpr std::chrono::seconds first_pause{1};
constexpr std::chrono::seconds longest_pause{16};

} // namespace

SlackNotifier::SlackNotifier(Http& http, Clock& clock, SlackAccess access, Recipient recipient,
                             RunInfo run_info)
    : http_(http), clock_(clock), access_(std::move(access)), recipient_(std::move(recipient)),
      run_info_(std::move(run_info)) {}

std::unique_ptr<SlackNotifier> make_slack_notifier(Http& http, Clock& clock, SlackAccess access,
                                                   Recipient recipient, RunInfo run_info) {
    if (!access.bot_token.empty())
        return std::make_unique<BotNotifier>(http, clock, std::move(access), std::move(recipient),
                                             std::move(run_info));
    return std::make_unique<WebhookNotifier>(http, clock, std::move(access), std::move(recipient),
                                             std::move(run_info));
}

HttpResult try_until(Http& http, Clock& clock, const HttpRequest& request, Duration until,
                     const std::function<bool(const HttpResult&)>& is_final) {
    for (Duration pause = first_pause;; pause = std::min<Duration>(longest_pause, pause * 2)) {
        const auto answer = http.send(request);
        const Duration wait =
            answer && answer->retry_after ? Duration{*answer->retry_after} : pause;
        if (is_final(answer) || clock.interrupted() || clock.elapsed() + wait > until)
            return answer;
        clock.wait(wait);
    }
}

std::string body_text(const nlohmann::json& body) {
    return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace snow_white::report
