// Time that passes when somebody waits, and a little with each call. Whoever is due is told.
#pragma once

#include "src/clock/clock.hpp"

#include <functional>
#include <optional>

namespace simulation {

class SimulatedClock : public snow_white::Clock {
public:
    snow_white::Instant now() const override { return now_; }

    void wait(snow_white::Duration duration) override {
        if (interrupted()) return;
        pass(duration);
    }

    bool interrupted() const override { return interrupted_at && now_ >= *interrupted_at; }

    // As wait(), and an interruption shortens it: whoever waits is told at once.
    void pass(snow_white::Duration duration) {
        auto end = now_ + duration;
        if (interrupted_at && *interrupted_at > now_) end = std::min(end, *interrupted_at);
        while (next && next() && *next() <= end) {
            now_ = std::max(now_, *next());
            due(now_);
        }
        now_ = std::max(now_, end);
    }

    std::optional<snow_white::Instant> interrupted_at;
    std::function<std::optional<snow_white::Instant>()> next; // when somebody is due
    std::function<void(snow_white::Instant)> due;

private:
    snow_white::Instant now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};
};

} // namespace simulation
