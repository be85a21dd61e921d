// Which environments were asked for, in words and as it is typed. Pure.
#pragma once

#include "src/fleet/model/name_filter.hpp"

#include <string>
#include <string_view>

namespace snow_white::report {

// What stands between single quotes in a shell.
std::string within_quotes(std::string_view text);
// As a shell takes it, in quotes only where they are needed.
std::string shell_word(const std::string& word);

// "contains", "exact", "glob": the values of --match
std::string_view name_of(fleet::Match match);

// `-e workers --exclude 'acme-*' --match glob`
std::string options_for(const fleet::NameFilter& pattern);

// For a headline: `workers`; the options where there is more than one part of a name.
std::string in_brief(const fleet::NameFilter& pattern);

// To be read behind "environments": `with "workers" in the name`, `named like "a-*" or "b-*", but
// not "a-x"`
std::string in_words(const fleet::NameFilter& pattern);

} // namespace snow_white::report
