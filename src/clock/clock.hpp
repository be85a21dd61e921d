// Time, passed in. The product and the sandbox never ask the operating system for the time or sleep
// themselves: they ask a Clock, so that a test can run a six-hour drain in milliseconds.
#pragma once

#include <chrono>

namespace snow_white {

// A moment, UTC, to the millisecond (AWS gives no finer one).
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

class Clock {
public:
    virtual ~Clock() = default;

    virtual Instant now() const = 0;

    // Returns after `duration`, or earlier when the run has been interrupted (see interrupted()).
    virtual void wait(Duration duration) = 0;

    // True from the first SIGINT or SIGTERM on (or what a test puts in its place).
    virtual bool interrupted() const = 0;
};

} // namespace snow_white
