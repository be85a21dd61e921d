// Reads JSON that comes from outside. In: any text. Out: values, with one rule for missing members
// and wrong types. Text nested deeper than 100 levels is refused: nlohmann's parser takes any
// depth, but copying or printing a value recurses and would overflow the stack.
#pragma once

#include "src/base/clock.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace snow_white {

using Json = nlohmann::json;

// None: the text is no JSON, or nested too deeply.
std::optional<Json> parse_json(const std::string& text);

// The member's text; empty: it is missing or no text.
std::string text_of(const Json& object, const char* name);

// The member's list; empty: it is missing. Another type throws Json::type_error.
const Json& list_in(const Json& object, const char* name);

// The member's number; 0: it is missing. Anything that does not fit an int throws Json::type_error:
// nlohmann's get<int>() would accept 0.5 and 1e20.
int whole_number(const Json& object, const char* name);

// The member's time: seconds since 1970, with a fraction, as the protocol awsJson1_1 has it. None:
// it is missing or no such number.
std::optional<Instant> moment(const Json& object, const char* name);

} // namespace snow_white
