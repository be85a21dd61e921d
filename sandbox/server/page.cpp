#include "sandbox/server/page.hpp"
#include "sandbox/server/page_style.hpp"
#include "sandbox/slack/emoji.hpp"
#include "sandbox/slack/mrkdwn.hpp"
#include "sandbox/wire/answer.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace sandbox {

namespace {

using Json = nlohmann::json;

constexpr std::size_t most_in_full =
    60; // instances of an environment; more become one bar a worker
constexpr std::size_t most_bars = 2'000;   // of an environment
constexpr std::size_t most_messages = 100; // the newest

constexpr std::array shown_states{"running", "busy",    "quiet",    "idle",
                                  "stopped", "booting", "suspended"};

// A running worker with jobs is shown apart: that is what one looks for before a deploy.
std::string shown_state(const Json& worker) {
    const std::string state = worker.value("state", "");
    return state == "running" && worker.value("busy", 0) > 0 ? "busy" : state;
}

std::string worker_html(const Json& worker) {
    const int busy = worker.value("busy", 0);
    const int of = std::max(1, worker.value("of", 1));
    const std::string state = shown_state(worker);
    return fmt::format(
        R"(<div class="worker"><div class="bar"><i class="{}" style="width:{}%"></i></div>)"
        R"(<span>{} · {} of {} busy <span class="soft">{}</span></span></div>)",
        state, state == "quiet" || state == "busy" ? 100 * busy / of : 100, state, busy, of,
        xml_escaped(worker.value("unit", "")));
}

std::string instance_html(const Json& instance) {
    std::string workers;
    for (const Json& worker : instance["workers"])
        workers += worker_html(worker);
    if (workers.empty()) workers = R"(<div class="worker soft">no Sidekiq</div>)";
    const std::string agent = instance["agent"];
    return fmt::format(
        R"(<div class="instance"><div class="top"><b>{}</b><span class="soft">{}{}</span></div>{}</div>)",
        xml_escaped(instance["id"]), xml_escaped(instance["state"]),
        agent == "Online" ? "" : ", agent " + agent, workers);
}

std::string dense_html(const Json& instances) {
    std::string bars;
    std::size_t shown = 0;
    for (const Json& instance : instances)
        for (const Json& worker : instance["workers"])
            if (++shown <= most_bars)
                bars += fmt::format(R"(<i class="{}" title="{} {} of {}"></i>)",
                                    shown_state(worker), xml_escaped(instance["id"]),
                                    worker.value("busy", 0), worker.value("of", 0));
    if (shown > most_bars)
        bars += fmt::format(R"(<span class="soft">and {} more</span>)", shown - most_bars);
    return "<div class=\"dense\">" + bars + "</div>";
}

std::string counts_of(const Json& instances) {
    std::map<std::string, int> counts;
    for (const Json& instance : instances)
        for (const Json& worker : instance["workers"])
            ++counts[shown_state(worker)];
    std::string text =
        fmt::format("{} instance{}", instances.size(), instances.size() == 1 ? "" : "s");
    for (const char* const state : shown_states)
        if (counts[state] > 0) text += fmt::format(" · {} {}", counts[state], state);
    return text;
}

std::string environment_html(const Json& environment) {
    const Json& instances = environment["instances"];
    std::string body;
    if (instances.size() > most_in_full) {
        body = dense_html(instances);
    } else {
        for (const Json& instance : instances)
            body += instance_html(instance);
        body = "<div class=\"instances\">" + body + "</div>";
    }
    return fmt::format(
        R"(<section class="card"><div class="top"><h3>{}</h3><span class="soft">{} · {} · {} · {}</span></div>)"
        R"(<div class="soft">{}</div>{}</section>)",
        xml_escaped(environment["name"]), xml_escaped(environment["application"]),
        xml_escaped(environment["region"]), xml_escaped(environment["id"]),
        xml_escaped(environment["status"]), counts_of(instances), body);
}

// Slack marks an edit only of a message without blocks.
std::string marks_of(const Json& message) {
    const bool edited = !message.value("edits", Json::array()).empty();
    return edited && !message["payload"].contains("blocks")
               ? R"( <span class="soft">(edited)</span>)"
               : "";
}

std::string message_html(const Json& message, const std::string& thread = "") {
    const std::string icon = message.value("icon_emoji", "");
    const std::string username = message.value("username", "");
    return fmt::format(
        R"(<article><div class="avatar">{}</div><div class="body"><div><b>{}</b> <span class="app">APP</span> )"
        R"(<time>{}</time></div>{}{}{}</div></article>)",
        icon.empty() ? "💬" : with_emoji(xml_escaped(icon)),
        xml_escaped(username.empty() ? "webhook" : username),
        message["at"].get<std::string>().substr(11, 5), message_to_html(message["payload"]),
        marks_of(message), thread);
}

// The replies under their message, as the thread shows them.
std::string thread_html(const Json& messages, const Json& parent) {
    std::string html;
    for (const Json& message : messages)
        if (parent.contains("ts") && message.value("thread_ts", "") == parent["ts"] &&
            message["channel"] == parent["channel"])
            html += message_html(message);
    return html.empty() ? html : "<div class=\"thread\">" + html + "</div>";
}

// A reply stands in its thread; one that is broadcast in the channel, too.
bool is_in_channel(const Json& message) {
    return !message.contains("thread_ts") || message["payload"].value("reply_broadcast", false);
}

std::string channel_title(const std::string& channel) {
    if (channel.empty()) return "the webhook's channel";
    if (channel[0] == '#') return "# " + channel.substr(1);
    return "direct message to " + channel;
}

// A column a channel, in the order in which they were first written to; in each the newest message
// is on top.
std::string inbox_html(const Json& messages) {
    std::vector<std::pair<std::string, std::string>> channels;
    const std::size_t first = messages.size() > most_messages ? messages.size() - most_messages : 0;
    for (std::size_t i = first; i < messages.size(); ++i) {
        if (!is_in_channel(messages[i])) continue;
        const std::string channel = messages[i].value("channel", "");
        auto found =
            std::ranges::find(channels, channel, &std::pair<std::string, std::string>::first);
        if (found == channels.end()) found = channels.insert(channels.end(), {channel, ""});
        found->second.insert(0, message_html(messages[i], thread_html(messages, messages[i])));
    }
    std::string html;
    for (const auto& [channel, articles] : channels)
        html += fmt::format(
            R"(<section class="card channel"><h3>{}</h3><div class="messages">{}</div></section>)",
            xml_escaped(channel_title(channel)), articles);
    return html.empty() ? R"(<p class="soft">Nothing yet. The newest message will be on top.</p>)"
                        : html;
}

} // namespace

HttpResponse page(const Json& fleet, const Json& messages, snow_white::Instant now) {
    std::string environments;
    for (const Json& environment : fleet["environments"])
        environments += environment_html(environment);
    std::string legend;
    for (const char* const state : shown_states)
        legend += fmt::format(R"(<span><i class="{}"></i>{}</span>)", state, state);
    HttpResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.body = fmt::format(
        R"(<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">)"
        R"(<meta name="viewport" content="width=device-width"><title>Snow White sandbox</title><style>{}</style></head>)"
        R"(<body><main><header><h1>Snow White sandbox</h1><time>{} UTC</time><div class="legend">{}</div></header>)"
        R"(<div id="fleet"><h2>Fleet</h2>{}</div>)"
        R"(<div id="slack"><h2><a href="#slack">Slack</a> · {}</h2>{}</div></main></body></html>)",
        page_style, iso_time(now).substr(11, 8), legend,
        environments.empty() ? R"(<p class="soft">There is no environment.</p>)" : environments,
        messages.size(), inbox_html(messages));
    return response;
}

} // namespace sandbox
