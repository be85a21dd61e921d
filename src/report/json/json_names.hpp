// Words for programs: they stay, whatever is said to people. docs/json-lines.schema.json lists
// them.
#pragma once

#include "src/drain/model/progress_snapshot.hpp"

#include <optional>
#include <string_view>

namespace snow_white::report {

std::string_view key_of(drain::Outcome outcome);
std::string_view key_of(drain::Verdict verdict);
std::string_view key_of(drain::Stage stage);

// None for a word that is none of these.
std::optional<drain::Outcome> outcome_of(std::string_view key);
std::optional<drain::Stage> stage_of(std::string_view key);

} // namespace snow_white::report
