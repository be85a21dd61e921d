// A clock for tests: time passes only in wait() and advance(), which take no real time.
// set_wall_ahead() sets the wall clock as a person or NTP does; the elapsed time stays true.
#pragma once

#include "src/base/clock.hpp"

#include <functional>
#include <optional>

class FakeClock : public snow_white::Clock {
public:
    snow_white::Instant now() const override { return now_ + wall_ahead_; }
    snow_white::Duration elapsed() const override { return now_ - begun_; }

    void wait(snow_white::Duration duration) override {
        if (interrupted()) return;
        now_ += duration;
        if (on_wait) on_wait(now_);
    }

    bool interrupted() const override { return interrupted_at_ && now_ >= *interrupted_at_; }

    void interrupt_at(snow_white::Instant when) { interrupted_at_ = when; }
    void set_wall_ahead(snow_white::Duration ahead) { wall_ahead_ = ahead; }
    void advance(snow_white::Duration duration) { now_ += duration; }

    std::function<void(snow_white::Instant)> on_wait; // called while time passes

private:
    snow_white::Instant now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};
    snow_white::Instant begun_ = now_;
    snow_white::Duration wall_ahead_{};
    std::optional<snow_white::Instant> interrupted_at_;
};
