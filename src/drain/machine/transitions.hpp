// The handlers of each response, one file a phase (phase_*.cpp), and the transitions that more than
// one of them takes. Pure, all of it; reduce() chooses the handler.
#pragma once

#include "src/drain/machine/rules.hpp"
#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

Step handle(State state, Answered<DiscoverFleet> response, Now now);
Step handle(State state, Answered<FindInFlightCommands> response, Now now);
Step handle(State state, Answered<SendCommand> response, Now now);
Step handle(State state, Answered<PollProgress> response, Now now);
Step handle(State state, Answered<PollFleetChanges> response, Now now);
Step handle(State state, Answered<CollectResults> response, Now now); // of Adopt and of Collect
Step handle(State state, Answered<Sleep> response, Now now);
Step handle(State state, Answered<AwaitBarrier> response, Now now);
Step apply_adopted(State state, Answered<CollectResults> response, Now now);

// --- steps
Step with_effect(State state, Effect effect, std::vector<Event> events = {});
Step prepend_events(std::vector<Event> events, Step step);
// The phase's effect; the state is already in that phase.
Step enter(State state, Phase phase, std::vector<Event> events = {});
Effect effect_of(const State& state);
Step sleep_for(State state, Duration duration, std::vector<Event> events = {});

// --- the ways on
// The action's command to these, unless a command that is found in flight does it already.
Step begin_action(State state, std::vector<CommandSpec> pending, std::vector<Event> events = {});
Step begin_verification(State state, bool peers_ready, Now now);
// Some instances have finished, by a command that was found or before a deploy: they may take jobs
// again, and are asked while others go on.
bool has_found_to_verify(const State& state, Now now);
Step verify_found(State state, Now now);
void set_next_recheck(State& state, Now now);  // of all that have finished
Step verify_again_later(State state, Now now); // after a look at the fleet
// There is a status document, and the instances answer it.
bool can_ask(const State& state);
// What a complete verification leads to: the end, the barrier, another one, or the action once
// more.
Step conclude_verification(State state, Now now);
// Sends what is pending; when nothing is left, waits for what was sent.
Step send_next(State state, Send send, Now now, std::vector<Event> events = {});
Step wait_on(State state, Wait wait, Now now, std::vector<Event> events = {});
Step wait_during_outage(State state, const Wait& wait, Now now);
Step rediscover(State state, bool peers_ready = false);
// After a pause that does not last beyond the deadline. While it goes on so there is a word now and
// then.
Step rediscover_after(State state, Duration pause, Now now, std::vector<Event> events = {});
Step await_peers(State state, BarrierPoint point);

// --- the end
// With the verdict that the state proves.
Step finish(State state, Now now);
Step finish_with(State state, Verdict verdict, std::string why, Now now);
Step finish_with(State state, const CallFailure& failure, Now now);
Report build_report(State state, Now now);

// --- outages (outage.cpp)
// Whether a failed call may go well when it is made again: one rule for every call.
bool may_pass(const State& state, const CallFailure& failure, std::size_t effect, Now now);
// What people hear of it.
std::vector<Event> extend_outage(State& state, const CallFailure& failure, std::size_t effect,
                                 Now now);
// "AWS has not answered for 61 s now (…)"
std::string words_of(const Outage& outage, Now now);
Step retry_during_outage(State state, const CallFailure& failure, std::vector<Event> events,
                         Now now);
// In mid-drain nobody is kept from being told because SSM does not list commands, counts or
// results.
bool goes_on_without(const State& state, const CallFailure& failure, Now now);
void end_outage(State& state, Now now, std::vector<Event>& events);
// The answer to a SendCommand was lost, and what became of it is not known yet; none: null.
const LostSend* lost_send(const State& state);
// Whether it is still the same outage: it was heard of lately.
bool is_current(const Outage& outage, Now now);
// A command was sent, or it waits for the other regions: what fails now is retried until the
// deadline.
bool is_under_way(const State& state);

// --- heartbeats (heartbeat.cpp)
// People who have heard nothing for a quarter of an hour hear what is waited for.
void add_heartbeat(Step& step, Now now);

// --- what is to be done (plan.cpp)
// Somebody has cancelled the action as a whole.
bool is_cancelled(const State& state);
Need need_of(const State& state, const TrackedInstance& instance, Duration now);
// Those for whom one of these commands is the last, and has ended: what they do now is to be asked.
void note_finished(State& state, const std::vector<CommandId>& commands, Now now);
// The same for whatever command it was, of one environment or of all.
void note_finished(State& state, Now now, const std::string& environment = {});
// Those whose command was not delivered, for all that SSM knows, and who have not been asked since:
// it may have run all the same.
void note_undelivered(State& state, Now now);
// The ids to be told now; none in the pause after a send that failed, or when somebody has
// cancelled the action.
std::vector<InstanceId> instances_to_act_on(const State& state, Now now);
// Somebody is to be told, unless the results of what was sent say that it was reached: they are
// read first.
bool results_may_name_somebody(const State& state, Now now);
// A tag's command may have reached somebody whom no list shows: its results have not been whole
// yet.
bool results_are_missing(const State& state, Now now);
// Once somebody's answer was unclear: the unclear ones, and those that have not been asked yet.
std::vector<InstanceId> instances_to_verify_again(const State& state, Now now);
bool any_needs(const State& state, Need need, Now now);
// The end of somebody's command is awaited.
bool any_awaited(const State& state, Now now);
std::vector<CommandSpec> specs_by_environment(Purpose purpose,
                                              const std::vector<std::string>& environments);
std::vector<CommandSpec> specs_by_instance(Purpose purpose, const std::vector<InstanceId>& ids);
// The environments to which EB deploys.
std::vector<std::string> deploying(const State& state);
// … to one of them for less than deploy_patience.
bool awaits_deploy(const State& state, Duration now);
bool deadline_passed(const State& state, Now now);

// --- polling (poll_interval.cpp)
std::vector<OpenCommand>& commands_of(State& state, Purpose purpose);
const std::vector<OpenCommand>& commands_of(const State& state, Purpose purpose);
CommandProgress sum_of(const std::vector<OpenCommand>& commands);
std::vector<CommandId> open_ids(const std::vector<OpenCommand>& commands);
std::vector<CommandId> ids_of(const std::vector<OpenCommand>& commands);
Duration poll_interval(const State& state, Purpose purpose, Now now);
// When the waiting for this purpose ends: the deadline, or the patience with a verification.
Duration end_of_waiting(const State& state, Purpose purpose);

// A sentence of the report's, which says each once. False: it was there already.
bool add_once(std::vector<std::string>& sentences, const std::string& sentence);
std::string unseen_workers(const std::string& why);

} // namespace snow_white::drain
