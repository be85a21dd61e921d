// The rules by subject, and what they share. Each adds what it finds to `breaches`.
#pragma once

#include "src/promises/rules.hpp"

namespace snow_white::promises {

void judge_words(const RunLog& run, const Known& known, std::vector<Breach>& breaches); // (b), (x4)
void judge_deadline(const RunLog& run, const Known& known,
                    std::vector<Breach>& breaches);                  // (f), (x5)
void judge_report(const RunLog& run, std::vector<Breach>& breaches); // (c), (d), (x7), (x10)

// Of the calls that a fleet makes in pages of fifty: one page for each fifty instances.
std::int64_t pages_of(const RunLog& run);

// The longest time in which a run prints nothing.
Duration longest_silence(const RunLog& run);

// None where no line tells it and nobody knows it.
std::optional<Duration> timeout_of(const RunLog& run, const Known& known);

} // namespace snow_white::promises
