#include "src/report/json/json_names.hpp"

#include "src/report/exit_code.hpp"
#include "src/report/text/outcome_names.hpp"

namespace snow_white::report {

namespace {

using drain::Stage;

constexpr EnumName<Stage> stage_names[] = {
    {Stage::discovering, "looking"}, {Stage::waiting, "waiting"}, {Stage::verifying, "checking"}};
static_assert(has_all_enumerators(stage_names));

} // namespace

std::string_view key_of(drain::Outcome outcome) {
    return name_of(outcome_names, outcome);
}

std::string_view key_of(drain::Verdict verdict) {
    return name_of(code_of(verdict));
}

std::string_view key_of(Stage stage) {
    return name_of(stage_names, stage);
}

std::optional<drain::Outcome> outcome_of(std::string_view key) {
    return parse(outcome_names, key);
}

std::optional<Stage> stage_of(std::string_view key) {
    return parse(stage_names, key);
}

} // namespace snow_white::report
