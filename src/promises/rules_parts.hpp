// The rules by subject, and what they share. Each adds the broken promises to `breaches`.
#pragma once

#include "src/promises/rules.hpp"

namespace snow_white::promises {

void judge_words(const RunLog& run, const Known& known, std::vector<Breach>& breaches); // (b), (x4)
void judge_deadline(const RunLog& run, const Known& known,
                    std::vector<Breach>& breaches);                  // (f), (x5)
void judge_report(const RunLog& run, std::vector<Breach>& breaches); // (c), (d), (x7), (x10)

// Pages of a list: one for each fifty instances.
std::int64_t pages_of(const RunLog& run);

// The longest time in which a run may print nothing.
Duration longest_silence(const RunLog& run);

// The deadline, from the run's begin; none: not known.
std::optional<Duration> timeout_of(const RunLog& run, const Known& known);

} // namespace snow_white::promises
