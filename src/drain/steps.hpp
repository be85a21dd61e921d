// What the phases of the heart are made of: the phases themselves, one function and one file each, and the
// steps that more than one of them takes. Pure, all of it; next() chooses the phase.
#pragma once

#include "src/drain/state.hpp"

namespace snow_white::drain {

inline constexpr int rounds = 5; // of the action, newcomers' and relapsed ones' included
inline constexpr std::chrono::seconds leaving_interval{60};

// What was seen is the answer to what the phase wanted.
Step on_looking(State state, const Observation& seen, Instant now);
Step on_joining(State state, const Observation& seen, Instant now);
Step on_sending(State state, const Observation& seen, Instant now);
Step on_waiting(State state, const Observation& seen, Instant now);
Step on_reading(State state, const Observation& seen, Instant now);

Step want(State state, Want wanted, std::vector<Event> events = {});

// The end, with what the reports say, or with a verdict of its own.
Step finish(const State& state, Instant now);
Step give_up(const State& state, Verdict verdict, std::string why, Instant now);
Step give_up(const State& state, const Failed& failed, Instant now);

// In portions that SSM takes.
std::vector<Order> orders_by_environment(Errand errand, const State& state);
std::vector<Order> orders_by_instance(const std::vector<InstanceId>& ids);

// Sends the orders one after the other; when none is left, waits for what was sent.
Step send_next(State state, std::vector<Event> events = {});
Step start(State state, Errand errand, std::vector<Order> orders, std::vector<Event> events = {});
// The status document for all; the end where there is none, or nobody would answer it.
Step start_sweep(State state, Instant now);

// Back to the fleet, for those launched meanwhile.
Step look_again(State state);

// Of the errand: the operator's deadline, or a sweep's patience.
bool time_is_up(const State& state, Instant now);
// A little longer each time.
Step pause(State state, Instant now, std::vector<Event> events = {});

} // namespace snow_white::drain
