#include "sandbox/redis/resp.hpp"

#include "sandbox/base/text.hpp"

#include <limits>

namespace sandbox {

namespace {

constexpr std::int64_t most_arguments = std::numeric_limits<int>::max();
constexpr std::size_t most_bytes = 1'048'576; // of an argument, and of an inline request
constexpr std::int64_t most_arguments_of_strangers = 10;
constexpr std::size_t most_bytes_of_strangers = 16'384;

// A line without its end; nothing when it has not come whole. Moves `at` behind it.
std::optional<std::string_view> take_line(std::string_view text, std::size_t& at) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at = end + 1;
    return line;
}

RedisRequest words_of(std::string_view line) {
    RedisRequest words;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t begin = line.find_first_not_of(" \t", at);
        if (begin == std::string_view::npos) break;
        at = std::min(line.find_first_of(" \t", begin), line.size());
        words.emplace_back(line.substr(begin, at - begin));
    }
    return words;
}

// Moves `at` behind the argument; nothing when it has not come whole.
std::optional<std::string> take_argument(std::string_view text, std::size_t& at, bool authenticated,
                                         std::optional<ProtocolError>& error) {
    const auto head = take_line(text, at);
    if (!head) return std::nullopt;
    if (!head->starts_with('$')) {
        const char seen = head->empty() ? '\r' : head->front();
        error = {fmt::format("ERR Protocol error: expected '$', got '{}'", seen)};
        return std::nullopt;
    }
    const auto size = parse_number<std::size_t>(head->substr(1));
    if (!size || *size > most_bytes) {
        error = {"ERR Protocol error: invalid bulk length"};
        return std::nullopt;
    }
    if (!authenticated && *size > most_bytes_of_strangers) {
        error = {"ERR Protocol error: unauthenticated bulk length"};
        return std::nullopt;
    }
    if (text.size() < at + *size + 2) return std::nullopt;
    std::string argument(text.substr(at, *size));
    at += *size + 2;
    return argument;
}

} // namespace

std::optional<RedisRequest> take_request(std::string_view& unread, bool authenticated,
                                         std::optional<ProtocolError>& error) {
    std::size_t at = 0;
    const auto head = take_line(unread, at);
    if (!head) {
        if (unread.size() > most_bytes) error = {"ERR Protocol error: too big inline request"};
        return std::nullopt;
    }
    RedisRequest request;
    if (head->starts_with('*')) {
        const auto count = parse_number<std::int64_t>(head->substr(1));
        if (!count || *count > most_arguments) {
            error = {"ERR Protocol error: invalid multibulk length"};
            return std::nullopt;
        }
        if (!authenticated && *count > most_arguments_of_strangers) {
            error = {"ERR Protocol error: unauthenticated multibulk length"};
            return std::nullopt;
        }
        for (std::int64_t i = 0; i < *count; ++i) {
            auto argument = take_argument(unread, at, authenticated, error);
            if (!argument) return std::nullopt;
            request.push_back(std::move(*argument));
        }
    } else {
        request = words_of(*head);
    }
    unread.remove_prefix(at);
    return request;
}

void ReplyWriter::bulk(std::string_view text) {
    line('$', std::to_string(text.size()));
    out_.append(text).append("\r\n");
}

void ReplyWriter::map(std::size_t pairs) {
    if (protocol_ == 3)
        line('%', std::to_string(pairs));
    else
        array(2 * pairs);
}

void ReplyWriter::bulks(const std::vector<std::string>& texts) {
    for (const std::string& text : texts)
        bulk(text);
}

void ReplyWriter::line(char kind, std::string_view text) {
    out_ += kind;
    out_.append(text).append("\r\n");
}

} // namespace sandbox
