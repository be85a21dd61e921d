#include "sandbox/slack/emoji.hpp"

#include <map>
#include <regex>

namespace sandbox {

namespace {

constexpr std::size_t longest = 4'000; // std::regex recurses once a character

const std::map<std::string, std::string>& emoji() {
    static const std::map<std::string, std::string> pictures{
        {"snowwhite",
         "<img class=\"emoji\" alt=\":snowwhite:\" src=\"" + emoji_picture_path + "\">"},
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

} // namespace

std::string with_emoji(const std::string& html) {
    if (html.size() > longest) return html;
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

} // namespace sandbox
