#include "src/promises/read_event.hpp"

#include "src/base/json.hpp"
#include "src/base/text.hpp"

namespace snow_white::promises {

namespace {

// The text of a line `"KEY": "…",` of a JSON document; none: another line.
std::optional<std::string> text_in_document(const std::string& line, const std::string& key) {
    if (!line.starts_with(key)) return std::nullopt;
    const std::string value = trimmed(line.substr(key.size()));
    const auto text = parse_json(value.ends_with(',') ? value.substr(0, value.size() - 1) : value);
    return text && text->is_string() ? std::optional(trimmed(text->get<std::string>()))
                                     : std::nullopt;
}

// What `aws logs tail` puts before a line, and `get-log-events` and `filter-log-events` with
// --output text: a time, or a mark and one or two numbers, and then the stream. Nothing else is
// removed, so that a line which quotes one of ours is not read as one.
constexpr int most_words_before = 4;
constexpr std::string_view mark = "EVENTS";

std::string first_word(const std::string& line) {
    return line.substr(0, line.find_first_of(blanks));
}

bool is_number(const std::string& word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
}

bool is_stream(const std::string& word) { // PREFIX/CONTAINER/TASK
    return word.find('/') != std::string::npos && !word.starts_with('{');
}

std::string without_word(const std::string& line) {
    const auto end = line.find_first_of(blanks);
    return end == std::string::npos ? "" : trimmed(line.substr(end));
}

// From the first brace to the last: --output text puts a time after the line.
std::optional<Event> object_in(const std::string& line) {
    const auto end = line.rfind('}');
    return line.starts_with('{') && end != std::string::npos ? read_json(line.substr(0, end + 1))
                                                             : std::nullopt;
}

// Without the byte order mark that some editors put before a file, and without a terminal's colours
// (ESC [ … m).
std::string without_marks(const std::string& line) {
    static constexpr std::string_view byte_order = "\xef\xbb\xbf";
    std::string plain;
    for (std::size_t at = line.starts_with(byte_order) ? byte_order.size() : 0; at < line.size();
         ++at) {
        const auto end = line.compare(at, 2, "\x1b[") == 0
                             ? line.find_first_not_of("0123456789;:", at + 2)
                             : std::string::npos;
        if (end != std::string::npos && line[end] >= '@' && line[end] <= '~')
            at = end;
        else
            plain += line[at];
    }
    return plain;
}

} // namespace

LogLine read_line(const std::string& line) {
    LogLine read;
    if (line.size() > longest_line) return read;
    std::string rest = trimmed(without_marks(line));
    if (auto stream = text_in_document(rest, "\"logStreamName\":"))
        return {.stream = std::move(*stream)};
    if (auto message = text_in_document(rest, "\"message\":")) rest = std::move(*message);
    const bool marked = first_word(rest) == mark;
    for (int words = 0; words <= most_words_before; ++words) {
        if ((read.event = object_in(rest)) || (read.event = read_words(rest))) return read;
        if (claims_to_be_event(rest)) {
            read.unreadable = true;
            return read;
        }
        const std::string word = first_word(rest);
        if (words > 0 && read.stream.empty() && is_stream(word))
            read.stream = word;
        else if (words == 0 ? !marked && !word.starts_with("20") : !marked || !is_number(word))
            break;
        rest = without_word(rest);
    }
    return {};
}

std::optional<Event> read_event(const std::string& line) {
    return read_line(line).event;
}

} // namespace snow_white::promises
