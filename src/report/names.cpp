#include "src/report/names.hpp"

#include "src/base/enum_names.hpp"

namespace snow_white::report {

namespace {

using drain::Outcome;
using drain::Stage;
using drain::Verdict;

struct ExitCodeRow {
    ExitCode value;
    std::string_view name;
    std::optional<Verdict> verdict = {}; // the run's that ends with it
};

constexpr ExitCodeRow exit_codes[] = {
    {ExitCode::done, "done", Verdict::done},
    {ExitCode::partial, "partial", Verdict::partial},
    {ExitCode::usage, "usage"},
    {ExitCode::nothing_matched, "nothing_matched", Verdict::nothing_matched},
    {ExitCode::refused, "refused", Verdict::refused},
    {ExitCode::timed_out, "timed_out", Verdict::timed_out},
    {ExitCode::denied, "denied", Verdict::denied},
    {ExitCode::cancelled, "cancelled", Verdict::cancelled},
    {ExitCode::interrupted, "interrupted", Verdict::interrupted},
    {ExitCode::unavailable, "unavailable", Verdict::unavailable},
    {ExitCode::internal, "internal"},
    {ExitCode::unwritten, "unwritten"}};
static_assert(has_all_enumerators(exit_codes));

constexpr EnumName<Outcome> outcome_names[] = {
    {Outcome::pending, "pending", "not finished"},
    {Outcome::done, "done", "done"},
    {Outcome::already, "already", "was so already"},
    {Outcome::completed, "completed", "completed, workers not seen"},
    {Outcome::no_worker, "no_worker", "no Sidekiq worker found"},
    {Outcome::busy, "busy", "a worker still runs a job"},
    {Outcome::awake, "awake", "takes jobs again"},
    {Outcome::asleep, "asleep", "does not take jobs"},
    {Outcome::booting, "booting", "a worker is still starting"},
    {Outcome::suspended, "suspended", "a worker is suspended"},
    {Outcome::failed, "failed", "failed"},
    {Outcome::refused, "refused", "refused"},
    {Outcome::timed_out, "timed_out", "timed out"},
    {Outcome::cancelled, "cancelled", "cancelled"},
    {Outcome::unreachable, "unreachable", "unreachable"},
    {Outcome::unknown, "unknown", "unknown"},
    {Outcome::gone, "gone", "gone"},
    {Outcome::off, "off", "stopped in EC2"}};
static_assert(has_all_enumerators(outcome_names));

constexpr EnumName<Stage> stage_names[] = {
    {Stage::discovering, "looking"}, {Stage::waiting, "waiting"}, {Stage::verifying, "checking"}};
static_assert(has_all_enumerators(stage_names));

} // namespace

ExitCode code_of(Verdict verdict) {
    const auto* row = std::ranges::find(exit_codes, verdict, &ExitCodeRow::verdict);
    return row == std::end(exit_codes) ? ExitCode::internal : row->value;
}

std::string_view name_of(ExitCode code) {
    const auto* row = std::ranges::find(exit_codes, code, &ExitCodeRow::value);
    return row == std::end(exit_codes) ? "internal" : row->name;
}

std::string_view key_of(Verdict verdict) {
    return name_of(code_of(verdict));
}

std::string_view key_of(Outcome outcome) {
    return name_of(outcome_names, outcome);
}

constexpr EnumName<drain::SidekiqView::Source> sidekiq_sources[] = {
    {drain::SidekiqView::Source::not_asked, "not_asked"},
    {drain::SidekiqView::Source::unavailable, "unavailable"},
    {drain::SidekiqView::Source::unrelated, "unrelated"},
    {drain::SidekiqView::Source::read, "read"}};
static_assert(has_all_enumerators(sidekiq_sources));

std::string_view key_of(drain::SidekiqView::Source source) {
    return name_of(sidekiq_sources, source);
}

std::optional<drain::SidekiqView::Source> sidekiq_source_of(std::string_view key) {
    return parse(sidekiq_sources, key);
}

std::string_view key_of(Stage stage) {
    return name_of(stage_names, stage);
}

std::string_view text_for(Outcome outcome) {
    return snow_white::text_for(outcome_names, outcome);
}

std::optional<ExitCode> code_of_verdict(std::string_view key) {
    const auto* row = std::ranges::find(exit_codes, key, &ExitCodeRow::name);
    return row == std::end(exit_codes) || !row->verdict ? std::nullopt : std::optional(row->value);
}

std::optional<Outcome> outcome_of(std::string_view key) {
    return parse(outcome_names, key);
}

std::optional<Stage> stage_of(std::string_view key) {
    return parse(stage_names, key);
}

} // namespace snow_white::report
