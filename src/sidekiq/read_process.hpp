// What Sidekiq writes about a process, as a Process. In: the hash IDENTITY's fields; the JSON of
// `info` is of Sidekiq 5.2 to 8.1. Out: bounded, printable text.
#pragma once

#include "src/sidekiq/model/snapshot.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace snow_white::sidekiq {

// The fields that a reader asks for, in this order. `concurrency` is one since 8; before, `info`
// has it.
inline constexpr std::array process_fields{"info", "busy", "beat", "quiet", "concurrency"};

struct ProcessFields {
    std::array<std::string, process_fields.size()> values;
    bool there = false;     // false: the process has no hash
    bool too_large = false; // one of them: it is left out
};

// None: not understood.
std::optional<Process> read_process(const std::string& identity, const ProcessFields& fields);

// Printable, and not longer than `most` bytes of the original.
std::string bounded(std::string_view text, std::size_t most);

} // namespace snow_white::sidekiq
