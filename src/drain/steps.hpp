// What the phases of the heart are made of: the phases themselves, one function and one file each, and the
// steps that more than one of them takes. Pure, all of it; next() chooses the phase.
#pragma once

#include "src/drain/state.hpp"

namespace snow_white::drain {

// How long, how often; docs/design.md tells of most.
inline constexpr std::chrono::milliseconds first_pause{1'000}; // between two questions for the progress
inline constexpr std::chrono::milliseconds first_pause_of_sweep{500};
inline constexpr std::chrono::seconds longest_pause{6};
inline constexpr std::chrono::milliseconds pause_near_the_end{1'700}; // while there are calls to spare
inline constexpr std::chrono::seconds time_a_call{4}; // on average, in a drain of two hours or more
inline constexpr std::chrono::hours time_of_the_average{2};
inline constexpr int calls_around_a_drain = 30; // before and after the waiting
inline constexpr int calls_for_changes = 3;
inline constexpr std::chrono::seconds outage_pause{30};
inline constexpr std::chrono::seconds look_pause{10};      // before another look at who is not ready
inline constexpr std::chrono::seconds status_patience{60}; // for a sweep: the document takes about a second
inline constexpr std::chrono::seconds sweep_holds{60}; // from its begin: it proves nothing any more then …
inline constexpr std::chrono::milliseconds sweep_holds_for_each{20}; // … and later for each instance: pages
inline constexpr std::chrono::seconds changes_interval{120};
inline constexpr std::chrono::minutes heartbeat_interval{15};
inline constexpr std::chrono::minutes boot_patience{5};      // from an instance's launch to its agent
inline constexpr std::chrono::minutes lost_patience{10};     // for an agent that fell silent in mid-drain
inline constexpr std::chrono::minutes forgotten_patience{2}; // until a command that SSM does not know is gone
inline constexpr std::chrono::minutes denied_patience{3};    // in mid-drain
inline constexpr std::chrono::seconds short_outage{10};      // of which nothing is said
inline constexpr std::chrono::minutes quiet_outage{10};      // before people who are not looking hear of it
inline constexpr std::chrono::minutes straggling{60}; // since the start: who has not finished is named, once
inline constexpr std::chrono::minutes longest_notice{30}; // that the deadline comes: a tenth of the time …
inline constexpr std::chrono::minutes shortest_notice{5}; // … and none where that is less
inline constexpr std::chrono::seconds send_patience{60};  // from a SendCommand to the loss of its answer
inline constexpr int tries = 5;                           // of the action on one instance, relapses included
inline constexpr int tries_unheard = 2;                   // … of one that never answered for itself
inline constexpr int most_vain_sweeps = 8; // that were not clean, since the action was last sent
inline constexpr int lost_sends = 3;       // answers to SendCommand that may get lost

// What was seen is the answer to what the phase wanted.
Step on_looking(State state, const Observation& seen, Instant now);
Step on_joining(State state, const Observation& seen, Instant now);
Step on_sending(State state, const Observation& seen, Instant now);
Step on_waiting(State state, const Observation& seen, Instant now);
Step on_reading(State state, Observation seen, Instant now);
Step on_meeting(State state, const Observation& seen, Instant now);

Step want(State state, Want wanted, std::vector<Event> events = {});
// What there was to tell before the step's own.
Step preceded_by(std::vector<Event> events, Step step);
// What the phase wants, once more.
Step ask_again(State state, Instant now, std::vector<Event> events = {});

// AWS does not answer, or refuses for now: says so when it lasts, pauses, and asks again. Ends the run when
// the patience that the moment allows is over.
Step bear(State state, const Failed& failed, Instant now);

// The end, with what is known of the members, or with a verdict of its own. The report takes the state's
// place: nothing is to be remembered after it.
Step finish(State state, Instant now);
Step give_up(State state, Verdict verdict, std::string why, Instant now);
Step give_up(State state, const Failed& failed, Instant now);

// In portions that SSM takes.
std::vector<Order> orders_by_environment(Errand errand, const std::vector<std::string>& environments);
std::vector<Order> orders_by_instance(const std::vector<InstanceId>& ids);
std::vector<std::string> known_environments(const State& state);

// To those instances, unless a command in flight reaches them: that is looked up first.
// For callers that have taken in all results: commands that are over are followed no more.
Step act_on(State state, const std::vector<InstanceId>& ids, Instant now, std::vector<Event> events = {});
// Sends the orders one after the other; when none is left, waits for what was sent.
Step send_next(State state, Instant now, std::vector<Event> events = {});
// A command was sent, or it waits for the other places of its run: what fails now is borne.
bool is_under_way(const State& state);

// What the end does not tell, as the report says it.
std::string unseen_workers(const std::string& why);
// The status document for all; the end where there is none, or nobody would answer it.
// In company it meets the others first, unless the time is up.
Step start_sweep(State state, Instant now);
// `clean`: as Meet has it.
Step meet(State state, bool clean, Instant now);
// What was quiet when the oldest of these drains' latest sweeps began may have been started anew since, where
// AWS took long to answer: whether it is recent enough for success.
bool sweeps_hold(const std::vector<const State*>& swept, Instant now);
// For how long what a sweep has shown is.
Duration time_a_sweep_holds(std::size_t instances);
// The fleet once more, for those launched or gone meanwhile; at once, or after a pause.
Step look_again(State state);
Step look_later(State state, std::vector<Event> events = {});

std::vector<Command>& current_commands(State& state); // of the errand

// Of all together: over when each is, known in any case.
CommandProgress sum_of(const std::vector<CommandProgress>& parts);
CommandProgress sum_of(const std::vector<Command>& commands);
std::vector<CommandId> ids_of(const std::vector<Command>& commands);
// Of the errand: the operator's deadline, or a sweep's patience.
bool time_is_up(const State& state, Instant now);
// Longer, the longer the commands have run.
Step pause(State state, Instant now, std::vector<Event> events = {});

} // namespace snow_white::drain
