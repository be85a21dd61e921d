#include "sandbox/slack/mrkdwn.hpp"

#include "sandbox/slack/emoji.hpp"
#include "sandbox/wire/answer.hpp"
#include "sandbox/wire/time_format.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <regex>

namespace sandbox {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_marked = 4'000;

// Slack's entities are HTML's; any other `&` is a character like others.
std::string text_to_html(const std::string& text) {
    std::string html;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool entity = text[at] == '&' &&
                            (text.compare(at, 4, "&lt;") == 0 || text.compare(at, 4, "&gt;") == 0 ||
                             text.compare(at, 5, "&amp;") == 0);
        html += entity ? "&" : xml_escaped(std::string(1, text[at]));
    }
    return html;
}

std::string replaced(const std::string& text, const char* what, const char* with) {
    return std::regex_replace(text, std::regex(what), with);
}

// std::regex recurses once a character; Slack itself cuts a section at 3,000.
std::string marked(const std::string& text) {
    std::string html = with_emoji(text_to_html(text));
    if (html.size() > longest_marked) return html;
    html = replaced(html, R"((^|[\s(>])\*([^*\n]+)\*(?=$|[\s.,:;!?)<]))", "$1<b>$2</b>");
    html = replaced(html, R"((^|[\s(>])_([^_\n]+)_(?=$|[\s.,:;!?)<]))", "$1<i>$2</i>");
    html = replaced(html, R"((^|[\s(>])~([^~\n]+)~(?=$|[\s.,:;!?)<]))", "$1<s>$2</s>");
    return replaced(html, "\n", "<br>");
}

// <!date^1764104400^{date_short_pretty} {time}|fallback>: in UTC, the time zone of whoever looks at
// a sandbox.
std::string date_to_html(const std::string& words, const std::string& fallback) {
    long seconds = 0;
    const std::string digits = words.substr(std::string("!date^").size());
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (parsed.ec != std::errc() || *parsed.ptr != '^') return text_to_html(fallback);
    const std::string iso = iso_time(snow_white::Instant{std::chrono::seconds{seconds}});
    std::string text(parsed.ptr + 1);
    for (const auto& [token, value] :
         {std::pair{"{time}", iso.substr(11, 5)}, {"{date_short_pretty}", iso.substr(0, 10)}})
        if (const auto at = text.find(token); at != std::string::npos)
            text.replace(at, std::string(token).size(), value);
    return "<time>" + text_to_html(text) + "</time>";
}

// What stands between `<` and `>`: a link, a mention, a date.
std::string control_to_html(const std::string& inner) {
    const std::size_t bar = inner.find('|');
    const std::string words = inner.substr(0, bar);
    const std::string label = bar == std::string::npos ? words : inner.substr(bar + 1);
    if (words.rfind("!date^", 0) == 0) return date_to_html(words, label);
    if (words.rfind("http://", 0) == 0 || words.rfind("https://", 0) == 0 ||
        words.rfind("mailto:", 0) == 0)
        return "<a href=\"" + text_to_html(words) + "\">" + text_to_html(label) + "</a>";
    const std::string name = bar == std::string::npos && words.size() > 1 ? words.substr(1) : label;
    if (words.rfind('@', 0) == 0 || words.rfind('!', 0) == 0)
        return "<b class=\"mention\">@" + text_to_html(name) + "</b>";
    if (words.rfind('#', 0) == 0) return "<b class=\"mention\">#" + text_to_html(name) + "</b>";
    return text_to_html("<" + inner + ">");
}

// Alternately outside and inside of a pair of marks; `inside` gets what stands between. A mark
// without its fellow is text.
template <class Outside, class Inside>
std::string between(const std::string& text, const std::string& open, const std::string& close,
                    Outside outside, Inside inside) {
    std::string html;
    std::size_t begin = 0;
    while (true) {
        const std::size_t from = text.find(open, begin);
        const std::size_t to =
            from == std::string::npos ? from : text.find(close, from + open.size());
        if (to == std::string::npos) return html + outside(text.substr(begin));
        html += outside(text.substr(begin, from - begin));
        html += inside(text.substr(from + open.size(), to - from - open.size()));
        begin = to + close.size();
    }
}

// Control sequences work in code, too; nothing else does.
std::string code_to_html(const std::string& code) {
    return between(code, "<", ">", text_to_html, control_to_html);
}

std::string outside_code(const std::string& text) {
    return between(text, "<", ">", marked, control_to_html);
}

// One line's end on either side of a block belongs to the block.
std::string pre(std::string code) {
    if (code.rfind('\n', 0) == 0) code.erase(0, 1);
    return "<pre>" + code_to_html(code) + "</pre>";
}

std::string inline_code(const std::string& text) {
    return between(text, "`", "`", outside_code, [](const std::string& code) {
        const bool one_line = !code.empty() && code.find('\n') == std::string::npos;
        return one_line ? "<code>" + code_to_html(code) + "</code>"
                        : outside_code("`" + code + "`");
    });
}

std::string plain_to_html(const Json& text) {
    const std::string html = text_to_html(text.value("text", ""));
    return replaced(text.value("emoji", true) ? with_emoji(html) : html, "\n", "<br>");
}

std::string text_object(const Json& text) {
    if (!text.is_object()) return {};
    return text.value("type", "") == "plain_text" ? plain_to_html(text)
                                                  : mrkdwn_to_html(text.value("text", ""));
}

std::string list_to_html(const Json& block, const char* list) {
    std::string html;
    for (const Json& part : block.value(list, Json::array()))
        html += "<div>" + text_object(part) + "</div>";
    return html.empty() ? html : std::string("<div class=\"") + list + "\">" + html + "</div>";
}

std::string block_to_html(const Json& block) {
    const std::string type = block.value("type", "");
    if (type == "divider") return "<hr>";
    if (type == "header") return "<h4>" + text_object(block["text"]) + "</h4>";
    std::string html;
    if (block.contains("text"))
        html += "<div class=\"section\">" + text_object(block["text"]) + "</div>";
    return html + list_to_html(block, "fields") + list_to_html(block, "elements");
}

} // namespace

std::string mrkdwn_to_html(const std::string& text) {
    return between(text, "```", "```", inline_code, pre);
}

std::string message_to_html(const Json& payload) {
    std::string html;
    for (const Json& block : payload.value("blocks", Json::array()))
        html += block_to_html(block);
    if (!html.empty() || !payload.contains("text")) return html;
    const std::string text = payload["text"];
    return "<div class=\"section\">" +
           (payload.value("mrkdwn", true)
                ? mrkdwn_to_html(text)
                : replaced(with_emoji(text_to_html(text)), "\n", "<br>")) +
           "</div>";
}

} // namespace sandbox
