// Simulated time, which passes in waits and, a little, in each call; and a monitor's view of it.
// Two monitors in one simulation take turns: the one whose next time is earlier goes on.
#pragma once

#include "src/base/clock.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace simulation {

// The true time. Calls due() whenever an event is due.
class SimulatedClock : public snow_white::Clock {
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

    std::function<std::optional<snow_white::Instant>()> next; // when the next event is due
    std::function<void(snow_white::Instant)> due;
    // Called now and then when no call to AWS is made for a long time.
    std::function<void()> advance_sandbox;

private:
    // SSM's commands advance only when a call asks for them; without this they would stand still.
    void go_to(snow_white::Instant end) {
        constexpr std::chrono::seconds longest_gap{10};
        while (end - advanced_to_ > longest_gap) {
            advanced_to_ += longest_gap;
            now_ = std::max(now_, advanced_to_);
            if (advance_sandbox) advance_sandbox();
        }
        now_ = std::max(now_, end);
    }

    static constexpr snow_white::Instant start{
        std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};
    snow_white::Instant now_ = start;
    snow_white::Instant advanced_to_ = start;
};

// Decides which of several monitors, each in its own thread, may go on. Only one of them runs at
// any time.
class Turns {
public:
    explicit Turns(SimulatedClock& time) : time_(time) {}

    // Called before the threads start.
    void join(int who, snow_white::Instant from) { waiting_until_[who] = from; }
    void begin(int who) { wait_until(who, waiting_until_.at(who)); }
    void wait_until(int who, snow_white::Instant until) {
        std::unique_lock lock(mutex_);
        waiting_until_[who] = until;
        hand_over();
        changed_.wait(lock, [&] { return turn_ == who; });
        time_.pass_until(until);
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

    SimulatedClock& time_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<int, snow_white::Instant> waiting_until_;
    std::optional<int> turn_;
};

// Thrown where the program asks for the time for ever, and neither waits nor calls anybody, or
// where it goes on for days after any deadline.
struct GoesRound {};

// A monitor's own clock: its wall clock may be wrong, its elapsed time is not.
class MonitorClock : public snow_white::Clock {
public:
    explicit MonitorClock(SimulatedClock& time, Turns* turns = nullptr, int who = 0)
        : time_(time), turns_(turns), who_(who), made_(time.now()) {}

    snow_white::Instant now() const override { return time_.now() + ahead_; }
    // Throws GoesRound.
    snow_white::Duration elapsed() const override {
        constexpr int most = 100'000; // a run asks a few times for each call and for each wait
        asked_ = std::exchange(asked_at_, time_.now()) == time_.now() ? asked_ + 1 : 0;
        // The longest deadline is 60 hours, and a monitor is killed or suspended a few times.
        constexpr std::chrono::days longest{12};
        if (asked_ > most || time_.now() - made_ > longest) throw GoesRound{};
        return time_.now() - made_;
    }
    void set_wall_ahead(snow_white::Duration ahead) { ahead_ = ahead; }

    void wait(snow_white::Duration duration) override {
        if (!interrupted()) pass(duration);
    }
    bool interrupted() const override { return interrupted_at && time_.now() >= *interrupted_at; }

    // As wait(), and an interruption ends it early.
    void pass(snow_white::Duration duration) {
        auto end = time_.now() + duration;
        if (interrupted_at && *interrupted_at > time_.now()) end = std::min(end, *interrupted_at);
        if (turns_ == nullptr)
            time_.pass_until(end);
        else
            turns_->wait_until(who_, end);
    }

    std::optional<snow_white::Instant> interrupted_at; // in simulated time

private:
    SimulatedClock& time_;
    Turns* turns_;
    int who_;
    snow_white::Instant made_;
    snow_white::Duration ahead_{0};
    mutable snow_white::Instant asked_at_{}; // when elapsed() was called last
    mutable int asked_ = 0;                  // and how often at that time
};

} // namespace simulation
