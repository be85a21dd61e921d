#include "sandbox/slack/inbox.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/slack/block_limits.hpp"
#include "sandbox/wire/form.hpp"
#include "sandbox/wire/time_format.hpp"
#include "src/base/json.hpp"

#include <map>

namespace sandbox {

namespace {

HttpResponse plain(int status, const std::string& words) {
    return {.status = status, .content_type = "text/html", .body = words};
}

std::string words_for(int status) {
    static const std::map<int, const char*> words{
        {400, "invalid_payload"},     {403, "action_prohibited"}, {404, "channel_not_found"},
        {410, "channel_is_archived"}, {429, "rate_limited"},      {503, "service_unavailable"}};
    const auto* const word = find_key(words, status);
    return word == nullptr ? "internal_error" : *word;
}

// The payload is the body, or the form's field of that name.
std::optional<Json> payload_of(const HttpRequest& request) {
    const bool form =
        request.header("Content-Type").starts_with("application/x-www-form-urlencoded");
    const Json payload =
        Json::parse(form ? parse_form(request.body)["payload"] : request.body, nullptr, false);
    if (!payload.is_object()) return std::nullopt;
    return payload;
}

bool filled_list(const Json& payload, const char* name) {
    return payload.contains(name) && payload[name].is_array() && !payload[name].empty();
}

// Ids of users begin with U, of channels with C; names with # or @.
std::string channel_fault(const std::string& channel) {
    if (channel.empty() || channel[0] == '#' || channel[0] == 'C') return {};
    if (channel[0] == 'U' || channel[0] == '@')
        return channel == known_user || channel == "@" + known_user ? "" : "user_not_found";
    return "channel_not_found";
}

} // namespace

HttpResponse SlackInbox::refusal(int status, int retry_after) {
    HttpResponse response = plain(status, words_for(status));
    if (retry_after > 0) response.headers.emplace("Retry-After", std::to_string(retry_after));
    return response;
}

HttpResponse SlackInbox::post(const HttpRequest& request, Instant now) {
    if (request.path != webhook_path) return plain(404, "no_service");
    if (const auto failure = next_failure())
        return failure->error.empty() ? refusal(failure->status, failure->retry_after)
                                      : plain(400, failure->error);
    const auto payload = payload_of(request);
    if (!payload) return plain(400, "invalid_payload");
    if (!channel_refusal_.error.empty() && !snow_white::text_of(*payload, "channel").empty())
        return plain(channel_refusal_.status, channel_refusal_.error);
    const bool says_something = !snow_white::text_of(*payload, "text").empty() ||
                                filled_list(*payload, "blocks") ||
                                filled_list(*payload, "attachments");
    if (!says_something) return plain(400, "no_text");
    if (payload->contains("blocks"))
        if (const std::string fault = fault_of_blocks((*payload)["blocks"]); !fault.empty())
            return plain(400, fault);
    const std::string channel = snow_white::text_of(*payload, "channel");
    if (const std::string fault = channel_fault(channel); !fault.empty())
        return plain(fault == "user_not_found" ? 400 : 404, fault);
    messages_.push_back({{"at", iso_time(now)},
                         {"channel", channel},
                         {"username", snow_white::text_of(*payload, "username")},
                         {"icon_emoji", snow_white::text_of(*payload, "icon_emoji")},
                         {"text", snow_white::text_of(*payload, "text")},
                         {"payload", *payload}});
    return plain(200, "ok");
}

std::optional<SlackInbox::Failure> SlackInbox::next_failure() {
    if (failure_.times <= 0) return std::nullopt;
    --failure_.times;
    return failure_;
}

Json* SlackInbox::find(const std::string& channel, const std::string& ts) {
    for (Json& message : messages_)
        if (message["channel"] == channel && message.value("ts", "") == ts) return &message;
    return nullptr;
}

HttpResponse SlackInbox::fail(const HttpRequest& request) {
    const Json wanted = Json::parse(request.body, nullptr, false);
    if (wanted.is_object() && wanted.contains("channel_refusal")) {
        channel_refusal_ = {.status = wanted.value("status", 404),
                            .error = snow_white::text_of(wanted, "channel_refusal")};
        return plain(200, "ok");
    }
    const bool by_status = wanted.is_object() && wanted.contains("status") &&
                           wanted["status"].is_number_integer() && wanted["status"] >= 400 &&
                           wanted["status"] <= 599;
    const bool by_error =
        wanted.is_object() && wanted.contains("error") && wanted["error"].is_string();
    if (!by_status && !by_error)
        return plain(
            400,
            "wanted {\"status\": 400…599, \"times\": N, \"retry_after\": seconds} or "
            "{\"error\": WORD, \"times\": N} or {\"channel_refusal\": WORD, \"status\": 404}\n");
    failure_ = {wanted.value("status", 200), wanted.value("times", 1),
                wanted.value("retry_after", 0), wanted.value("error", "")};
    return plain(200, "ok");
}

} // namespace sandbox
