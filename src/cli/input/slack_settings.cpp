#include "src/cli/input/slack_settings.hpp"

#include "src/base/printable.hpp"
#include "src/base/text.hpp"
#include "src/cli/input/container_variables.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace snow_white::cli {

namespace {

constexpr const char* token_variable = "SLACK_BOT_TOKEN";
constexpr const char* webhook_variable = "SLACK_WEBHOOK";
constexpr const char* channel_variable = "NOTIFY_SLACK_CHANNEL";
constexpr const char* url_variable = "SLACK_API_URL";
constexpr std::size_t longest_channel = 100; // a name in Slack has at most 80 characters

struct Secret {
    std::string value;
    std::vector<std::string> channels; // the only ones that it may be used for; empty: any
};

// `name`: the secret's key in its JSON. None: JSON that is not as expected. It never counts as a
// secret without a list of channels.
std::optional<Secret> secret_of(const std::string& text, const char* name) {
    // `echo` and editors leave a line's end.
    if (!text.starts_with('{'))
        return Secret{text.substr(0, text.find_last_not_of(" \r\n") + 1), {}};
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object() || json.size() != 2 || !json.contains(name) || !json.contains("channels"))
        return std::nullopt;
    if (!json[name].is_string() || !json["channels"].is_string()) return std::nullopt;
    auto channels = json["channels"].get<std::string>();
    std::erase(channels, ' ');
    Secret secret{json[name].get<std::string>(), split(channels, ',')};
    if (!std::ranges::all_of(secret.channels, is_slack_channel)) return std::nullopt;
    return secret;
}

std::string with_slash(const std::string& url) {
    return url.ends_with('/') ? url : url + '/';
}

// Slack's variables; those whose value does not fit are left out.
Environment usable_variables(const Environment& environment) {
    std::map<std::string, std::string> variables;
    const auto keep = [&](const char* name, bool (*fits)(const std::string&)) {
        if (fits(environment.get(name))) variables[name] = environment.get(name);
    };
    keep(token_variable, is_slack_token);
    keep(webhook_variable, is_slack_webhook);
    keep(channel_variable, is_slack_channel);
    keep(url_variable, is_slack_api);
    return Environment(std::move(variables));
}

// Whoever starts the task may bring a token of their own: then neither the webhook nor its list
// would be used.
bool evades_the_list(const std::optional<Secret>& token, const std::optional<Secret>& webhook) {
    return token && !token->value.empty() && token->channels.empty() && webhook &&
           !webhook->channels.empty();
}

} // namespace

// A bot's token begins with xoxb-. Source: https://docs.slack.dev/authentication/tokens
bool is_slack_token(const std::string& value) {
    const auto secret = secret_of(value, "token");
    return secret && secret->value.starts_with("xoxb-") &&
           std::ranges::all_of(secret->value, [](unsigned char byte) {
               return std::isalnum(byte) != 0 || byte == '-';
           });
}

// Slack's, GovSlack's (assumed after its API's host, https://docs.slack.dev/govslack) or this
// machine's. The whole value is compared, since what stands before an @ in a URL is not the host.
bool is_slack_webhook(const std::string& value) {
    const auto secret = secret_of(value, "webhook");
    return secret && matches(secret->value,
                             fmt::format(R"((https://hooks\.slack(-gov)?\.com|{})/[A-Za-z0-9/_-]+)",
                                         this_machine));
}

bool is_slack_channel(const std::string& value) {
    return !value.empty() && count_characters(value) <= longest_channel &&
           printable(value) == value && value.find_first_of(" ,\"\\") == std::string::npos;
}

bool is_slack_api(const std::string& value) {
    return matches(with_slash(value),
                   fmt::format(R"((https://slack(-gov)?\.com|{})/api/)", this_machine));
}

report::SlackAccess usable_slack_access_of(const Environment& environment) {
    const Environment usable = usable_variables(environment);
    auto token = secret_of(usable.get(token_variable), "token");
    const auto webhook = secret_of(usable.get(webhook_variable), "webhook");
    if (evades_the_list(token, webhook)) token = Secret{};
    report::SlackAccess access{.bot_token = token->value,
                               .webhook = webhook->value,
                               .channel = usable.get(channel_variable)};
    access.api_url = with_slash(usable.get(url_variable, access.api_url));
    // With a token the webhook is not used.
    const auto& channels = token->value.empty() ? webhook->channels : token->channels;
    if (!channels.empty() && std::ranges::find(channels, access.channel) == channels.end()) {
        access.refused_channel = access.channel;
        access.channel = channels.front();
    }
    return access;
}

Parsed<report::SlackAccess> slack_access_of(const Environment& environment) {
    const std::string token = environment.get(token_variable);
    const std::string webhook = environment.get(webhook_variable);
    const Environment of_slack({{token_variable, token},
                                {webhook_variable, webhook},
                                {channel_variable, environment.get(channel_variable)},
                                {url_variable, environment.get(url_variable)}});
    if (const auto invalid = find_invalid_variable(of_slack)) return tl::unexpected(*invalid);
    if (evades_the_list(secret_of(token, "token"), secret_of(webhook, "webhook")))
        return tl::unexpected(also_to_slack(
            "{}: it has no list of channels, and {} has one; give both one, or unset the token",
            token_variable, webhook_variable));
    return usable_slack_access_of(environment);
}

} // namespace snow_white::cli
