// Time and waiting, behind an interface. The program and the sandbox use a Clock instead of the
// operating system, so that a test can run a six-hour drain in milliseconds.
#pragma once

#include <chrono>

namespace snow_white {

// UTC, in milliseconds: AWS's timestamps are not finer.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

// Two readings of one moment. `wall` may be corrected during a run: use it for AWS's timestamps and
// for people only. Use `elapsed` for durations and deadlines.
struct Now {
    Instant wall{};
    Duration elapsed{};
};

class Clock {
public:
    virtual ~Clock() = default;

    // Wall time.
    virtual Instant now() const = 0;

    // Since a fixed point in the past. It counts the time in which the machine was suspended, and
    // cannot be set (Linux: CLOCK_BOOTTIME, clock_gettime(2)).
    virtual Duration elapsed() const = 0;

    // Returns after `duration`, or as soon as the run is interrupted.
    virtual void wait(Duration duration) = 0;

    // True from the first SIGINT or SIGTERM on.
    virtual bool interrupted() const = 0;
};

} // namespace snow_white
