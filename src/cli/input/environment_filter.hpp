// From -e, --exclude and --match to one fleet::NameFilter, and through the container's environment
// and back. In: what was typed, or the container's variables. Out: a filter with at least one
// pattern, none of them empty, or an error. A task's overrides hold 8,192 characters in all and an
// EB name at most 40, so there is a limit on the patterns.
#pragma once

#include "src/cli/input/request.hpp"

#include <utility>
#include <vector>

namespace snow_white::cli {

using VariableList = std::vector<std::pair<std::string, std::string>>;

inline constexpr const char* pattern_variable = "EB_ENV_NAME_PATTERN_STRING";
// In JSON, for more than one substring. The older tool has no such variable.
inline constexpr const char* selection_variable = "SNOW_WHITE_SELECTION";

// The values of --match.
inline const std::vector<std::string> ways_to_match{"contains", "exact", "glob"};

// `match`: one of them.
Parsed<fleet::NameFilter> make_name_filter(std::vector<std::string> include,
                                           std::vector<std::string> exclude,
                                           const std::string& match);

// The value of selection_variable; none: it is not what a launch writes.
std::optional<fleet::NameFilter> parse_selection(const std::string& text);

// What a launch sets for the container.
VariableList variables_of(const fleet::NameFilter& filter);

// What the container reads. Refused: the two variables disagree.
Parsed<fleet::NameFilter> name_filter_of(const Environment& environment);

} // namespace snow_white::cli
