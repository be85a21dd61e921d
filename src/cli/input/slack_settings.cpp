#include "src/cli/input/slack_settings.hpp"

#include "src/base/printable.hpp"
#include "src/cli/input/container_variables.hpp"
#include "src/cli/input/values.hpp"

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
constexpr std::size_t longest_channel = 100; // Slack's names have 80 characters at most

struct Secret {
    std::string value;
    std::vector<std::string> channels; // that it may be used for; empty: any
};

std::string without_blanks(const std::string& text) {
    std::string kept = text;
    std::erase(kept, ' ');
    return kept;
}

// As `echo` and an editor leave it.
std::string without_line_end(const std::string& text) {
    return text.substr(0, text.find_last_not_of(" \r\n") + 1);
}

// `name`: of the secret itself in its JSON. Nothing that is not understood counts as a secret
// without a list.
std::optional<Secret> secret_of(const std::string& text, const char* name) {
    if (!text.starts_with('{')) return Secret{without_line_end(text), {}};
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object() || json.size() != 2 || !json.contains(name) || !json.contains("channels"))
        return std::nullopt;
    if (!json[name].is_string() || !json["channels"].is_string()) return std::nullopt;
    Secret secret{json[name].get<std::string>(),
                  split(without_blanks(json["channels"].get<std::string>()), ',')};
    if (!std::ranges::all_of(secret.channels, is_slack_channel)) return std::nullopt;
    return secret;
}

// Source: https://docs.slack.dev/authentication/tokens: a bot's begins with xoxb-.
bool is_bot_token(const std::string& text) {
    return text.starts_with("xoxb-") && std::ranges::all_of(text, [](unsigned char byte) {
               return std::isalnum(byte) != 0 || byte == '-';
           });
}

// Slack's, GovSlack's (assumed after its API's host, https://docs.slack.dev/govslack), this
// machine's. The whole of it: what stands before an @ in an address is no host.
bool is_webhook(const std::string& text) {
    return matches(text, fmt::format(R"((https://hooks\.slack(-gov)?\.com|{})/[A-Za-z0-9/_-]+)",
                                     this_machine));
}

std::string with_slash(const std::string& url) {
    return url.ends_with('/') ? url : url + '/';
}

// The environment's part that is about Slack.
Environment of_slack(const Environment& environment) {
    std::map<std::string, std::string> variables;
    for (const char* const name :
         {token_variable, webhook_variable, channel_variable, url_variable})
        variables[name] = environment.get(name);
    return Environment(std::move(variables));
}

// A token does more: beside one the webhook is not used.
Secret used_secret(const Environment& environment) {
    const auto token = secret_of(environment.get(token_variable), "token");
    if (token && !token->value.empty()) return *token;
    return secret_of(environment.get(webhook_variable), "webhook").value_or(Secret{});
}

// Whoever starts the task may bring a token of their own, so that the webhook and its list would
// not be used.
bool evades_the_list(const Environment& environment) {
    const auto token = secret_of(environment.get(token_variable), "token");
    const auto webhook = secret_of(environment.get(webhook_variable), "webhook");
    return token && !token->value.empty() && token->channels.empty() && webhook &&
           !webhook->channels.empty();
}

bool is_in(const std::vector<std::string>& channels, const std::string& channel) {
    return channels.empty() || std::ranges::find(channels, channel) != channels.end();
}

} // namespace

bool is_slack_token(const std::string& value) {
    const auto secret = secret_of(value, "token");
    return secret && is_bot_token(secret->value);
}

bool is_slack_webhook(const std::string& value) {
    const auto secret = secret_of(value, "webhook");
    return secret && is_webhook(secret->value);
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
    const auto fitting_value = [&](const char* name, bool (*fits)(const std::string&)) {
        const std::string value = environment.get(name);
        return fits(value) ? value : std::string();
    };
    const Environment usable({{token_variable, fitting_value(token_variable, is_slack_token)},
                              {webhook_variable, fitting_value(webhook_variable, is_slack_webhook)},
                              {channel_variable, fitting_value(channel_variable, is_slack_channel)},
                              {url_variable, fitting_value(url_variable, is_slack_api)}});
    report::SlackAccess access{.bot_token = secret_of(usable.get(token_variable), "token")->value,
                               .webhook = secret_of(usable.get(webhook_variable), "webhook")->value,
                               .channel = usable.get(channel_variable)};
    access.api_url = with_slash(usable.get(url_variable, access.api_url));
    if (evades_the_list(usable)) access.bot_token.clear();
    const auto channels = evades_the_list(usable)
                              ? secret_of(usable.get(webhook_variable), "webhook")->channels
                              : used_secret(usable).channels;
    if (!is_in(channels, access.channel)) {
        access.refused_channel = access.channel;
        access.channel = channels.front();
    }
    return access;
}

Parsed<report::SlackAccess> slack_access_of(const Environment& environment) {
    if (const auto misfit = find_misfit(of_slack(environment))) return tl::unexpected(*misfit);
    if (evades_the_list(environment)) {
        const std::string words = fmt::format(
            "{}: it has no list of channels, and {} has one; give both one, or unset the token",
            token_variable, webhook_variable);
        return tl::unexpected(UsageError{words, false, words});
    }
    return usable_slack_access_of(environment);
}

} // namespace snow_white::cli
