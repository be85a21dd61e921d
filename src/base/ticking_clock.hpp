// A Clock that calls a function during its waits, so that a terminal shows the time that passes.
#pragma once

#include "src/base/clock.hpp"

#include <functional>

namespace snow_white {

class TickingClock : public Clock {
public:
    // `clock` outlives this one. `tick` is called at least once a second during a wait.
    TickingClock(Clock& clock, std::function<void()> tick)
        : clock_(clock), tick_(std::move(tick)) {}

    Instant now() const override { return clock_.now(); }
    Duration elapsed() const override { return clock_.elapsed(); }
    bool interrupted() const override { return clock_.interrupted(); }
    void wait(Duration duration) override;

private:
    Clock& clock_;
    std::function<void()> tick_;
};

} // namespace snow_white
