#include "sandbox/slack/web_api.hpp"
#include "sandbox/slack/block_limits.hpp"
#include "sandbox/slack/manifest.hpp"
#include "sandbox/wire/form.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace sandbox {

namespace {

constexpr std::size_t longest_text = 40'000; // of chat.postMessage
constexpr std::size_t tier_3 = 50;           // calls a minute

// chat.postMessage: one a second for a channel, "short bursts" are allowed (Slack's documentation,
// "Rate limits"). How long a burst may be is an assumption.
constexpr std::size_t longest_burst = 5;
constexpr std::chrono::seconds burst_time{5};

const std::map<std::string, std::string> scope_of_method = {
    {"auth.test", ""},
    {"chat.postMessage", "chat:write"},
    {"chat.update", "chat:write"},
    {"users.lookupByEmail", "users:read.email"},
    {"apps.manifest.validate", ""}};

const std::map<std::string, std::set<std::string>> scopes_of_token = {
    {bot_token, {"chat:write", "users:read", "users:read.email"}},
    {token_without_scopes, {"users:read"}},
    {configuration_token, {}}};

Json refused(const std::string& error) {
    return {{"ok", false}, {"error", error}};
}

Json missing_argument(const std::string& argument) {
    Json answer = refused("invalid_arguments");
    answer["response_metadata"] = {{"messages", {"[ERROR] missing required field: " + argument}}};
    return answer;
}

HttpResponse json_answer(const Json& body) {
    return {.content_type = "application/json; charset=utf-8",
            .body = body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

HttpResponse too_many(int seconds) {
    HttpResponse response = json_answer(refused("ratelimited"));
    response.status = 429;
    response.headers.emplace("Retry-After", std::to_string(seconds));
    return response;
}

// --- what was sent

struct ApiRequest {
    Json arguments = Json::object();
    std::string token;
    std::string error;
    bool no_charset = false;
};

void take_form(const std::string& text, ApiRequest& request) {
    for (const auto& [name, value] : parse_form(text))
        request.arguments[name] = value;
}

void take_json(const std::string& body, ApiRequest& request) {
    if (body.empty()) return; // as Slack's own client asks auth.test
    const Json json = Json::parse(body, nullptr, false);
    if (json.is_discarded())
        request.error = "invalid_json";
    else if (!json.is_object())
        request.error = "json_not_object";
    else
        request.arguments.update(json);
}

// A form has blocks as JSON in a string.
void unpack_blocks(ApiRequest& request) {
    if (!request.arguments.contains("blocks") || !request.arguments["blocks"].is_string()) return;
    request.arguments["blocks"] =
        Json::parse(request.arguments["blocks"].get<std::string>(), nullptr, false);
    if (request.arguments["blocks"].is_discarded()) request.error = "invalid_blocks_format";
}

ApiRequest parse_request(const HttpRequest& request) {
    ApiRequest parsed;
    take_form(request.query, parsed);
    const std::string type = request.header("Content-Type");
    const bool json = type.starts_with("application/json");
    if (type.starts_with("application/x-www-form-urlencoded"))
        take_form(request.body, parsed);
    else if (json)
        take_json(request.body, parsed);
    else if (!request.body.empty())
        parsed.error = type.empty() ? "missing_post_type" : "invalid_post_type";
    parsed.no_charset = json && type.find("charset") == std::string::npos;
    if (parsed.error.empty()) unpack_blocks(parsed);
    const std::string header = request.header("Authorization");
    if (header.starts_with("Bearer "))
        parsed.token = header.substr(7);
    else if (!json && parsed.arguments.contains("token"))
        parsed.token = parsed.arguments["token"];
    parsed.arguments.erase("token");
    return parsed;
}

bool is_name(const std::string& name) {
    return std::ranges::all_of(
        name, [](unsigned char byte) { return std::isalnum(byte) != 0 || byte == '_'; });
}

// Why it is not even tried; nothing when it is.
std::optional<Json> error_of(const ApiRequest& request, const std::string& method) {
    if (!request.error.empty()) return refused(request.error);
    for (const auto& [name, value] : request.arguments.items())
        if (!is_name(name))
            return refused("invalid_arg_name"); // one that is merely unknown is ignored
    if (request.token.empty()) return refused("not_authed");
    const auto token = scopes_of_token.find(request.token);
    if (token == scopes_of_token.end()) return refused("invalid_auth");
    if ((token->first == configuration_token) != (method == "apps.manifest.validate"))
        return refused("not_allowed_token_type");
    const std::string& scope = scope_of_method.at(method);
    if (scope.empty() || token->second.contains(scope)) return std::nullopt;
    Json answer = refused("missing_scope");
    answer["needed"] = scope;
    answer["provided"] = *token->second.begin();
    return answer;
}

// --- what is posted

std::string fault_of_content(const Json& arguments) {
    const bool blocks = arguments.contains("blocks") && !arguments["blocks"].empty();
    const std::string text = snow_white::text_of(arguments, "text");
    if (text.empty() && !blocks) return "no_text";
    if (text.size() > longest_text) return "msg_too_long";
    return blocks ? fault_of_blocks(arguments["blocks"]) : "";
}

// "#deploys" -> "C0DEPLOYS"
std::string id_of_channel(const std::string& name) {
    std::string id = "C0";
    for (const char byte : name)
        if (std::isalnum(static_cast<unsigned char>(byte)) != 0)
            id += static_cast<char>(std::toupper(static_cast<unsigned char>(byte)));
    return id;
}

std::string fault_of_channel(const std::string& name) {
    if (name == "#private") return "channel_not_found";
    if (name == "#not-invited") return "not_in_channel";
    return name == "#archived" ? "is_archived" : "";
}

Json who_it_is() {
    return {{"ok", true},
            {"url", "https://sandbox.slack.com/"},
            {"team", "Sandbox"},
            {"user", "snow_white"},
            {"team_id", "T0SANDBOX"},
            {"user_id", "U0SNOWWHITE"},
            {"bot_id", "B0SANDBOX"}};
}

Json validate_manifest(const Json& arguments) {
    if (snow_white::text_of(arguments, "manifest").empty()) return missing_argument("manifest");
    const Json faults = faults_of_manifest(snow_white::text_of(arguments, "manifest"));
    if (faults.empty()) return {{"ok", true}};
    Json answer = refused("invalid_manifest");
    answer["errors"] = faults;
    return answer;
}

Json look_up(const Json& arguments) {
    if (snow_white::text_of(arguments, "email").empty()) return missing_argument("email");
    if (snow_white::text_of(arguments, "email") != known_email) return refused("users_not_found");
    return {{"ok", true}, {"user", {{"id", known_user}, {"name", "alice"}, {"deleted", false}}}};
}

} // namespace

HttpResponse SlackWebApi::refusal(int status) {
    if (status == 429) return too_many(1);
    HttpResponse response = json_answer(refused(status == 403   ? "access_denied"
                                                : status == 404 ? "channel_not_found"
                                                : status == 503 ? "service_unavailable"
                                                                : "internal_error"));
    if (status >= 500) response.status = status;
    return response;
}

std::string SlackWebApi::method_of(const std::string& path) {
    if (!path.starts_with(web_api_path)) return {};
    const std::string method = path.substr(web_api_path.size());
    return scope_of_method.contains(method) ? method : "";
}

HttpResponse SlackWebApi::call(const HttpRequest& request, Instant now) {
    const std::string method = method_of(request.path);
    if (method.empty()) {
        Json answer = refused("unknown_method");
        answer["req_method"] = request.path.substr(web_api_path.size());
        return json_answer(answer);
    }
    if (const auto failure = inbox_.next_failure()) {
        if (!failure->error.empty()) return json_answer(refused(failure->error));
        return failure->status == 429 ? too_many(std::max(1, failure->retry_after))
                                      : refusal(failure->status);
    }
    const ApiRequest parsed = parse_request(request);
    Json answer;
    if (const auto why_not = error_of(parsed, method))
        answer = *why_not;
    else if (is_over_rate(method, now))
        return too_many(30);
    else if (method == "auth.test")
        answer = who_it_is();
    else if (method == "users.lookupByEmail")
        answer = look_up(parsed.arguments);
    else if (method == "apps.manifest.validate")
        answer = validate_manifest(parsed.arguments);
    else
        answer = method == "chat.update" ? update(parsed.arguments, now)
                                         : post_message(parsed.arguments, now);
    if (answer.value("error", "") == "ratelimited") return too_many(1);
    if (parsed.no_charset) {
        answer["warning"] = "missing_charset";
        answer["response_metadata"]["warnings"] = {"missing_charset"};
    }
    return json_answer(answer);
}

bool SlackWebApi::is_over_rate(const std::string& method, Instant now) {
    if (method != "chat.update" && method != "users.lookupByEmail") return false;
    return is_over(calls_[method], tier_3, std::chrono::minutes(1), now);
}

// The moments of the latest calls, with this one when it is not one too many.
bool SlackWebApi::is_over(std::deque<Instant>& calls, std::size_t most, Duration span,
                          Instant now) {
    while (!calls.empty() && now - calls.front() >= span)
        calls.pop_front();
    if (calls.size() >= most) return true;
    calls.push_back(now);
    return false;
}

// A message's name in its channel: the time, made unique.
std::string SlackWebApi::next_ts(Instant now) {
    auto micros =
        std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    std::string ts;
    do {
        ts = fmt::format("{}.{:06}", micros / 1'000'000, micros % 1'000'000);
        ++micros;
    } while (ts <= last_ts_);
    return last_ts_ = ts;
}

Json SlackWebApi::post_message(const Json& arguments, Instant now) {
    std::string channel = snow_white::text_of(arguments, "channel");
    if (channel.empty()) return missing_argument("channel");
    std::string id = channel;
    if (channel == known_user) {
        id = "D" + channel.substr(1);
    } else if (const auto known = channels_.find(channel); known != channels_.end()) {
        channel = known->second;
    } else {
        if (channel[0] != '#' && std::islower(static_cast<unsigned char>(channel[0])) != 0)
            channel.insert(0, "#");
        if (channel[0] != '#') return refused("channel_not_found");
        if (const auto fault = fault_of_channel(channel); !fault.empty()) return refused(fault);
        id = id_of_channel(channel);
    }
    if (const auto fault = fault_of_content(arguments); !fault.empty()) return refused(fault);
    const std::string thread = snow_white::text_of(arguments, "thread_ts");
    if (!thread.empty() && inbox_.find(channel, thread) == nullptr)
        return refused("thread_not_found");
    if (is_over(posted_[channel], longest_burst, burst_time, now)) return refused("ratelimited");
    channels_[id] = channel;
    const std::string ts = next_ts(now);
    Json message{{"at", iso_time(now)},
                 {"channel", channel},
                 {"username", "Snow White"},
                 {"icon_emoji", ":snowwhite:"},
                 {"text", snow_white::text_of(arguments, "text")},
                 {"payload", arguments},
                 {"ts", ts},
                 {"edits", Json::array()}};
    if (!thread.empty()) message["thread_ts"] = thread;
    inbox_.keep(std::move(message));
    return {{"ok", true},
            {"channel", id},
            {"ts", ts},
            {"message",
             {{"type", "message"}, {"text", snow_white::text_of(arguments, "text")}, {"ts", ts}}}};
}

Json SlackWebApi::update(const Json& arguments, Instant now) {
    const std::string id = snow_white::text_of(arguments, "channel");
    const std::string ts = snow_white::text_of(arguments, "ts");
    if (id.empty()) return missing_argument("channel");
    if (ts.empty()) return missing_argument("ts");
    const auto channel = channels_.find(id); // not of a name, not of a person
    if (channel == channels_.end()) return refused("channel_not_found");
    Json* const message = inbox_.find(channel->second, ts);
    if (message == nullptr) return refused("message_not_found");
    if (const auto fault = fault_of_content(arguments); !fault.empty()) return refused(fault);
    (*message)["edits"].push_back({{"at", iso_time(now)}, {"instead_of", (*message)["text"]}});
    (*message)["text"] = snow_white::text_of(arguments, "text");
    (*message)["payload"] = arguments;
    return {{"ok", true},
            {"channel", id},
            {"ts", ts},
            {"text", snow_white::text_of(arguments, "text")}};
}

} // namespace sandbox
