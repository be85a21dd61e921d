#include "src/aws/json.hpp"

#include <limits>

namespace snow_white::aws {

namespace {

constexpr int deepest = 100; // our answers have about ten levels

} // namespace

std::optional<Json> parse_json(const std::string& text) {
    bool too_deep = false;
    const auto look = [&too_deep](int depth, Json::parse_event_t, const Json&) {
        too_deep = too_deep || depth > deepest;
        return !too_deep;
    };
    Json value = Json::parse(text, look, false);
    if (too_deep || value.is_discarded()) return std::nullopt;
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
    throw Json::type_error::create(302, std::string(name) + " is no whole number of ours", &object);
}

} // namespace snow_white::aws
