#include "src/report/json/json_names.hpp"

#include <algorithm>
#include <array>

namespace snow_white::report {

namespace {

using drain::Outcome;
using drain::Stage;
using drain::Verdict;

template <class Enum> struct Key {
    Enum value;
    std::string_view word;
};

constexpr Key<Outcome> outcome_keys[] = {{Outcome::pending, "pending"},
                                         {Outcome::done, "done"},
                                         {Outcome::already, "already"},
                                         {Outcome::completed, "completed"},
                                         {Outcome::no_worker, "no_worker"},
                                         {Outcome::busy, "busy"},
                                         {Outcome::awake, "awake"},
                                         {Outcome::asleep, "asleep"},
                                         {Outcome::booting, "booting"},
                                         {Outcome::suspended, "suspended"},
                                         {Outcome::failed, "failed"},
                                         {Outcome::refused, "refused"},
                                         {Outcome::timed_out, "timed_out"},
                                         {Outcome::cancelled, "cancelled"},
                                         {Outcome::unreachable, "unreachable"},
                                         {Outcome::unknown, "unknown"},
                                         {Outcome::gone, "gone"},
                                         {Outcome::off, "off"}};

constexpr Key<Verdict> verdict_keys[] = {{Verdict::done, "done"},
                                         {Verdict::partial, "partial"},
                                         {Verdict::nothing_matched, "nothing_matched"},
                                         {Verdict::timed_out, "timed_out"},
                                         {Verdict::cancelled, "cancelled"},
                                         {Verdict::interrupted, "interrupted"},
                                         {Verdict::denied, "denied"},
                                         {Verdict::refused, "refused"},
                                         {Verdict::unavailable, "unavailable"}};

constexpr Key<Stage> stage_keys[] = {
    {Stage::discovering, "looking"}, {Stage::waiting, "waiting"}, {Stage::verifying, "checking"}};

template <class Enum, std::size_t count>
std::string_view word_of(const Key<Enum> (&keys)[count], Enum value) {
    const auto* found = std::ranges::find(keys, value, &Key<Enum>::value);
    return found == std::end(keys) ? "" : found->word;
}

template <class Enum, std::size_t count>
std::optional<Enum> value_of(const Key<Enum> (&keys)[count], std::string_view word) {
    const auto* found = std::ranges::find(keys, word, &Key<Enum>::word);
    return found == std::end(keys) ? std::nullopt : std::optional(found->value);
}

} // namespace

std::string_view key_of(Outcome outcome) {
    return word_of(outcome_keys, outcome);
}

std::string_view key_of(Verdict verdict) {
    return word_of(verdict_keys, verdict);
}

std::string_view key_of(Stage stage) {
    return word_of(stage_keys, stage);
}

std::optional<Outcome> outcome_of(std::string_view key) {
    return value_of(outcome_keys, key);
}

std::optional<Stage> stage_of(std::string_view key) {
    return value_of(stage_keys, key);
}

} // namespace snow_white::report
