// Which environments were asked for, as a sentence and as command-line options; and the quoting of
// words for a shell. Pure.
#pragma once

#include "src/fleet/model/name_filter.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace snow_white::report {

// The text as it stands between single quotes in a shell.
std::string within_quotes(std::string_view text);
// A word for a shell, in quotes only where it needs them.
std::string shell_word(const std::string& word);

// The values of --match: "contains", "exact", "glob"
std::string_view name_of(fleet::Match match);
std::optional<fleet::Match> parse_match(std::string_view name);

// `-e workers --exclude 'acme-*' --match glob`
std::string options_for(const fleet::NameFilter& pattern);

// For a headline: `workers`, or the options where there are several patterns.
std::string in_brief(const fleet::NameFilter& pattern);

// To follow "environments": `with "workers" in the name`, `named like "a-*" or "b-*", but not
// "a-x"`
std::string in_words(const fleet::NameFilter& pattern);

} // namespace snow_white::report
