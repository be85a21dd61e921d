#include "src/aws/json.hpp"

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

} // namespace snow_white::aws
