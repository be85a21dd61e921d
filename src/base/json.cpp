#include "src/base/json.hpp"

#include <limits>

namespace snow_white {

namespace {

constexpr int max_depth = 100; // answers of AWS and Slack have about ten levels

// Checked before parsing: a callback of the parser, called for each value, would double the time.
bool is_too_deep(const std::string& text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '[') && ++depth > max_depth)
            return true;
        else if (!quoted && (c == '}' || c == ']'))
            --depth;
    }
    return false;
}

} // namespace

std::optional<Json> parse_json(const std::string& text) {
    if (is_too_deep(text)) return std::nullopt;
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) return std::nullopt;
    return value;
}

std::string text_of(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

const Json& list_in(const Json& object, const char* name) {
    static const Json empty = Json::array();
    const auto found = object.find(name);
    if (found == object.end()) return empty;
    if (found->is_array()) return *found;
    throw Json::type_error::create(302, std::string(name) + " is no list", &object);
}

int whole_number(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) return 0;
    if (found->is_number_integer() && *found >= std::numeric_limits<int>::min() &&
        *found <= std::numeric_limits<int>::max())
        return found->get<int>();
    throw Json::type_error::create(302, std::string(name) + " is no whole number in range",
                                   &object);
}

std::optional<Instant> moment(const Json& object, const char* name) {
    constexpr double year_9999 = 253'402'300'800;
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    const double seconds = found->get<double>();
    if (!(seconds >= 0 && seconds < year_9999)) return std::nullopt;
    return Instant{Duration{static_cast<Duration::rep>(seconds * 1000)}};
}

} // namespace snow_white
