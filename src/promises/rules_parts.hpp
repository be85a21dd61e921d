// The rules by subject, and what they share. Each adds the broken promises to `breaches`.
#pragma once

#include "src/promises/rules.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::promises {

using Breaches = std::vector<Breach>;

// `event`: where it shows.
template <class... Args>
void add(Breaches& breaches, const char* promise, const Event* event,
         fmt::format_string<Args...> what, Args&&... args) {
    breaches.push_back({promise, fmt::format(what, std::forward<Args>(args)...), event});
}

void check_words(const RunLog& run, const RunContext& known, Breaches& breaches); // (b), (x4)
void check_deadline(const RunLog& run, const RunContext& known,
                    Breaches& breaches);                  // (f), (x5)
void check_report(const RunLog& run, Breaches& breaches); // (c), (d), (x7), (x10)

// Pages of a list: one for each fifty instances.
std::int64_t pages_of(const RunLog& run);

// The longest time in which a run may print nothing.
Duration longest_silence(const RunLog& run);

// The deadline, from the run's begin; none: not known.
std::optional<Duration> timeout_of(const RunLog& run, const RunContext& known);

} // namespace snow_white::promises
