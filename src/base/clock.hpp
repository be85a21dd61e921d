// Time, passed in. The product and the sandbox never ask the operating system for the time or sleep
// themselves: they ask a Clock, so that a test can run a six-hour drain in milliseconds.
#pragma once

#include <chrono>

namespace snow_white {

// A moment, UTC, to the millisecond (AWS gives no finer one).
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

// Both readings of one moment. `wall` may be set or corrected while a run lasts: it is for AWS's
// stamps and for people. How long something took, only `elapsed` tells.
struct Now {
    Instant wall{};
    Duration elapsed{};
};

class Clock {
public:
    virtual ~Clock() = default;

    // Wall time.
    virtual Instant now() const = 0;

    // Since a point of the past that is the same as long as the clock lives. It counts the time in
    // which the machine was suspended, and nobody can set it (Linux: CLOCK_BOOTTIME,
    // clock_gettime(2)).
    virtual Duration elapsed() const = 0;

    // Returns after `duration`, or earlier when the run has been interrupted (see interrupted()).
    virtual void wait(Duration duration) = 0;

    // True from the first SIGINT or SIGTERM on (or what a test puts in its place).
    virtual bool interrupted() const = 0;
};

} // namespace snow_white
