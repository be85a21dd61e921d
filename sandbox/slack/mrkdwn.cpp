#include "sandbox/slack/mrkdwn.hpp"
#include "sandbox/wire/answer.hpp"

#include <map>
#include <regex>

namespace sandbox {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_marked = 4'000;

const std::map<std::string, std::string>& emoji() {
    static const std::map<std::string, std::string> pictures{
        {"snowwhite", "🍎"},
        {"white_check_mark", "✅"},
        {"heavy_check_mark", "✔️"},
        {"x", "❌"},
        {"warning", "⚠️"},
        {"zzz", "💤"},
        {"sleeping", "😴"},
        {"sunrise", "🌅"},
        {"hourglass", "⌛"},
        {"hourglass_flowing_sand", "⏳"},
        {"octagonal_sign", "🛑"},
        {"stop_sign", "🛑"},
        {"no_entry", "⛔"},
        {"question", "❓"},
        {"eyes", "👀"},
        {"bell", "🔔"},
        {"alarm_clock", "⏰"},
        {"rotating_light", "🚨"},
        {"information_source", "ℹ️"},
    };
    return pictures;
}

// Slack's senders escape &, < and > themselves; what is left of these characters is markup.
std::string unescaped(std::string text) {
    for (const auto& [from, to] : {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}})
        for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1))
            text.replace(at, std::string(from).size(), to);
    return text;
}

std::string with_emoji(const std::string& html) {
    static const std::regex name(":([a-z0-9_+-]+):");
    std::string result;
    auto rest = html.cbegin();
    for (std::sregex_iterator match(html.begin(), html.end(), name), end; match != end; ++match) {
        result.append(rest, html.cbegin() + match->position());
        const auto found = emoji().find((*match)[1]);
        result += found == emoji().end() ? match->str() : found->second;
        rest = html.cbegin() + match->position() + match->length();
    }
    result.append(rest, html.cend());
    return result;
}

std::string marked(const std::string& text) {
    static const std::regex link(R"(&lt;(https?://[^|\s]+?)\|(.+?)&gt;)");
    static const std::regex bare_link(R"(&lt;(https?://[^|\s]+?)&gt;)");
    static const std::regex user(R"(&lt;@([A-Z0-9]+)&gt;)");
    static const std::regex bold(R"((^|[\s(>])\*([^*\n]+)\*(?=$|[\s.,:;!?)<]))");
    static const std::regex italic(R"((^|[\s(>])_([^_\n]+)_(?=$|[\s.,:;!?)<]))");
    std::string html = xml_escaped(unescaped(text));
    html = std::regex_replace(html, link, R"(<a href="$1">$2</a>)");
    html = std::regex_replace(html, bare_link, R"(<a href="$1">$1</a>)");
    html = std::regex_replace(html, user, "<b class=\"user\">@$1</b>");
    html = std::regex_replace(html, bold, "$1<b>$2</b>");
    html = std::regex_replace(html, italic, "$1<i>$2</i>");
    return with_emoji(std::regex_replace(html, std::regex("\n"), "<br>"));
}

// Alternately outside and inside of a pair of marks; `inside` gets what stands between.
template <class Outside, class Inside>
std::string between(const std::string& text, const std::string& mark, Outside outside, Inside inside) {
    std::string html;
    std::size_t begin = 0;
    while (true) {
        const std::size_t open = text.find(mark, begin);
        const std::size_t close = open == std::string::npos ? open : text.find(mark, open + mark.size());
        if (close == std::string::npos) return html + outside(text.substr(begin));
        html += outside(text.substr(begin, open - begin));
        html += inside(text.substr(open + mark.size(), close - open - mark.size()));
        begin = close + mark.size();
    }
}

std::string text_object(const Json& text) {
    if (text.is_string()) return mrkdwn_to_html(text);
    if (!text.is_object()) return {};
    const std::string words = text.value("text", "");
    return text.value("type", "") == "plain_text" ? with_emoji(xml_escaped(words)) : mrkdwn_to_html(words);
}

std::string block_to_html(const Json& block) {
    const std::string type = block.value("type", "");
    if (type == "divider") return "<hr>";
    std::string html;
    if (block.contains("text"))
        html += (type == "header" ? "<h3>" : "<p>") + text_object(block["text"]) +
                (type == "header" ? "</h3>" : "</p>");
    for (const char* const list : {"fields", "elements"})
        for (const Json& part : block.value(list, Json::array()))
            html += "<p class=\"" + std::string(list) + "\">" + text_object(part) + "</p>";
    return html;
}

} // namespace

std::string mrkdwn_to_html(const std::string& text) {
    // std::regex recurses once a character; Slack itself cuts a section at 3,000.
    if (text.size() > longest_marked) return "<pre>" + xml_escaped(unescaped(text)) + "</pre>";
    return between(
        text, "```",
        [](const std::string& outer) {
            return between(outer, "`", marked, [](const std::string& code) {
                return "<code>" + xml_escaped(unescaped(code)) + "</code>";
            });
        },
        [](const std::string& code) { return "<pre>" + xml_escaped(unescaped(code)) + "</pre>"; });
}

std::string message_to_html(const Json& payload) {
    std::string html;
    for (const Json& block : payload.value("blocks", Json::array()))
        html += block_to_html(block);
    if (html.empty() && payload.contains("text")) html = "<p>" + text_object(payload["text"]) + "</p>";
    for (const Json& attachment : payload.value("attachments", Json::array())) {
        html += "<div class=\"attachment\">" + text_object(attachment.value("text", Json("")));
        for (const Json& block : attachment.value("blocks", Json::array()))
            html += block_to_html(block);
        html += "</div>";
    }
    return html;
}

} // namespace sandbox
