// The names of outcomes, verdicts and stages in JSON. docs/json-lines.schema.json lists them; they
// do not change when the messages to people do.
#pragma once

#include "src/drain/model/progress_snapshot.hpp"

#include <optional>
#include <string_view>

namespace snow_white::report {

std::string_view key_of(drain::Outcome outcome);
std::string_view key_of(drain::Verdict verdict); // that of its exit code
std::string_view key_of(drain::Stage stage);

// None for an unknown name.
std::optional<drain::Outcome> outcome_of(std::string_view key);
std::optional<drain::Stage> stage_of(std::string_view key);

} // namespace snow_white::report
