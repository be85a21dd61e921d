// JSON from outside. Deeper nesting than any answer has is refused: nlohmann's parser takes any
// depth, yet a copy or a dump of the value goes down by recursion, as far as the stack reaches.
#pragma once

#include "src/base/clock.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace snow_white {

using Json = nlohmann::json;

// None for what is no JSON, or too deep.
std::optional<Json> parse_json(const std::string& text);

// The member's text; empty when there is none, or when it is no text.
std::string text_of(const Json& object, const char* name);

// The member, which is a list; an empty one when there is none. Another type throws
// Json::type_error.
const Json& list_in(const Json& object, const char* name);

// The member's whole number; 0 when there is none. One that is no int throws Json::type_error, as
// nlohmann's own access does for other types: its get<int>() takes 0.5 and 1e20, too.
int whole_number(const Json& object, const char* name);

// The member's time: seconds since 1970, with a fraction, as the protocol awsJson1_1 writes it.
// None for what is no such number.
std::optional<Instant> moment(const Json& object, const char* name);

} // namespace snow_white
