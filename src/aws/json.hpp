// JSON from outside. Deeper nesting than any answer has is refused: nlohmann's parser takes any depth, yet a
// copy or a dump of the value goes down by recursion, as far as the stack reaches.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace snow_white::aws {

using Json = nlohmann::json;

// None for what is no JSON, or too deep.
std::optional<Json> parse_json(const std::string& text);

// The member's text; empty when there is none, or when it is no text.
std::string text_of(const Json& object, const char* name);

} // namespace snow_white::aws
