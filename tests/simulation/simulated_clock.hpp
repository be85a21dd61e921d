// Time that passes when somebody waits, and a little with each call: the world's, and what a
// monitor sees of it. Two monitors in one world take turns: the one whose next moment is earlier
// goes on.
#pragma once

#include "src/base/clock.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

namespace simulation {

// The true time. Whoever is due is told.
class WorldClock : public snow_white::Clock {
public:
    snow_white::Instant now() const override { return now_; }
    snow_white::Duration elapsed() const override { return now_ - start; }
    void wait(snow_white::Duration duration) override { pass(duration); }
    bool interrupted() const override { return false; }

    void pass(snow_white::Duration duration) { pass_until(now_ + duration); }
    void pass_until(snow_white::Instant end) {
        while (next && next() && *next() <= end) {
            go_to(*next());
            due(now_);
        }
        go_to(end);
    }

    std::function<std::optional<snow_white::Instant>()> next; // when somebody is due
    std::function<void(snow_white::Instant)> due;
    std::function<void()> goes_on; // called now and then where nobody calls AWS for a long time

private:
    // SSM's commands move on when somebody asks; for long nobody may.
    void go_to(snow_white::Instant end) {
        constexpr std::chrono::seconds longest_gap{10};
        while (end - went_on_ > longest_gap) {
            went_on_ += longest_gap;
            now_ = std::max(now_, went_on_);
            if (goes_on) goes_on();
        }
        now_ = std::max(now_, end);
    }

    static constexpr snow_white::Instant start{
        std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};
    snow_white::Instant now_ = start;
    snow_white::Instant went_on_ = start;
};

// Which of several monitors, each in a thread of its own, may go on. Only one of them does at any
// time.
class Turns {
public:
    explicit Turns(WorldClock& world) : world_(world) {}

    // Before the threads start.
    void join(int who, snow_white::Instant from) { waiting_until_[who] = from; }
    void begin(int who) { wait_until(who, waiting_until_.at(who)); }
    void wait_until(int who, snow_white::Instant until) {
        std::unique_lock lock(mutex_);
        waiting_until_[who] = until;
        hand_over();
        changed_.wait(lock, [&] { return turn_ == who; });
        world_.pass_until(until);
    }
    void leave(int who) {
        const std::scoped_lock lock(mutex_);
        waiting_until_.erase(who);
        hand_over();
    }

private:
    void hand_over() {
        turn_.reset();
        for (const auto& [who, until] : waiting_until_)
            if (!turn_ || until < waiting_until_.at(*turn_)) turn_ = who;
        changed_.notify_all();
    }

    WorldClock& world_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<int, snow_white::Instant> waiting_until_;
    std::optional<int> turn_;
};

// A monitor's own clock: its wall may be wrong, its elapsed time is not.
class SimulatedClock : public snow_white::Clock {
public:
    explicit SimulatedClock(WorldClock& world, Turns* turns = nullptr, int who = 0)
        : world_(world), turns_(turns), who_(who), made_(world.now()) {}

    snow_white::Instant now() const override { return world_.now() + ahead_; }
    snow_white::Duration elapsed() const override { return world_.now() - made_; }
    void set_wall_ahead(snow_white::Duration ahead) { ahead_ = ahead; }

    void wait(snow_white::Duration duration) override {
        if (!interrupted()) pass(duration);
    }
    bool interrupted() const override { return interrupted_at && world_.now() >= *interrupted_at; }

    // As wait(), and an interruption shortens it: whoever waits is told at once.
    void pass(snow_white::Duration duration) {
        auto end = world_.now() + duration;
        if (interrupted_at && *interrupted_at > world_.now()) end = std::min(end, *interrupted_at);
        if (turns_ == nullptr)
            world_.pass_until(end);
        else
            turns_->wait_until(who_, end);
    }

    std::optional<snow_white::Instant> interrupted_at; // of the world's time

private:
    WorldClock& world_;
    Turns* turns_;
    int who_;
    snow_white::Instant made_;
    snow_white::Duration ahead_{0};
};

} // namespace simulation
