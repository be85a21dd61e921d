// What is said about a Redis of Sidekiq that cannot be read while a run waits.
#pragma once

#include "src/drain/model/event.hpp"

#include <optional>

namespace snow_white::drain {

// People who watch see no jobs any more, or see them again. Only the second answer in a row ends an
// outage: otherwise a Redis that fails at every second look would fill the log.
class SidekiqOutage {
public:
    // After each look. None: there is nothing new to say.
    std::optional<Notice> note(const SidekiqView& view);

private:
    bool is_said_ = false;
    bool failed_ = false; // at the look before
};

} // namespace snow_white::drain
