// The names of an outcome: in --json, where they are a contract (docs/json-lines.schema.json), and
// for people, where docs/operations.md says what each means and what to do.
#pragma once

#include "src/base/enum_names.hpp"
#include "src/drain/model/report.hpp"

namespace snow_white::report {

inline constexpr EnumName<drain::Outcome> outcome_names[] = {
    {drain::Outcome::pending, "pending", "not finished"},
    {drain::Outcome::done, "done", "done"},
    {drain::Outcome::already, "already", "was so already"},
    {drain::Outcome::completed, "completed", "completed, workers not seen"},
    {drain::Outcome::no_worker, "no_worker", "no Sidekiq worker found"},
    {drain::Outcome::busy, "busy", "a worker still runs a job"},
    {drain::Outcome::awake, "awake", "takes jobs again"},
    {drain::Outcome::asleep, "asleep", "does not take jobs"},
    {drain::Outcome::booting, "booting", "a worker is still starting"},
    {drain::Outcome::suspended, "suspended", "a worker is suspended"},
    {drain::Outcome::failed, "failed", "failed"},
    {drain::Outcome::refused, "refused", "refused"},
    {drain::Outcome::timed_out, "timed_out", "timed out"},
    {drain::Outcome::cancelled, "cancelled", "cancelled"},
    {drain::Outcome::unreachable, "unreachable", "unreachable"},
    {drain::Outcome::unknown, "unknown", "unknown"},
    {drain::Outcome::gone, "gone", "gone"},
    {drain::Outcome::off, "off", "stopped in EC2"}};
static_assert(has_all_enumerators(outcome_names));

} // namespace snow_white::report
