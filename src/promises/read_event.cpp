#include "src/promises/read_event.hpp"

#include "src/aws/json.hpp"

namespace snow_white::promises {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos) return "";
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// `"message": "…",` of what `aws logs get-log-events` prints; else the line itself.
std::string message_of(const std::string& line) {
    static const std::string key = "\"message\":";
    if (!line.starts_with(key)) return line;
    const std::string value = trimmed(line.substr(key.size()));
    const auto text = aws::parse_json(value.ends_with(',') ? value.substr(0, value.size() - 1) : value);
    return text && text->is_string() ? trimmed(text->get<std::string>()) : line;
}

// A time or a mark and one word more, as `aws logs tail` and `get-log-events --output text` put before a
// line: no more than that, so that a line that quotes one of ours is not taken for it.
constexpr int most_words_before = 2;

bool begins_like_a_prefix(const std::string& line) {
    return line.starts_with("20") || line.starts_with("EVENTS\t");
}

std::string without_word(const std::string& line) {
    const auto end = line.find_first_of(blanks);
    return end == std::string::npos ? "" : trimmed(line.substr(end));
}

// From the object's first brace to its last: a text output has a time behind it.
std::optional<Event> object_in(const std::string& line) {
    const auto end = line.rfind('}');
    return line.starts_with('{') && end != std::string::npos ? read_json(line.substr(0, end + 1))
                                                             : std::nullopt;
}

} // namespace

std::optional<Event> read_event(const std::string& line) {
    if (line.size() > longest_line) return std::nullopt;
    std::string rest = message_of(trimmed(line));
    const bool may_have_prefix = begins_like_a_prefix(rest);
    for (int words = 0; words <= (may_have_prefix ? most_words_before : 0); ++words) {
        if (auto event = object_in(rest)) return event;
        if (auto event = read_words(rest)) return event;
        rest = without_word(rest);
    }
    return std::nullopt;
}

} // namespace snow_white::promises
