// The handlers of the responses, one file for each phase (phase_*.cpp), and the transitions that
// several of them take. In: the state, one response, the time. Out: the state, changed in place,
// and what is next. They know neither AWS nor the clock; reduce() chooses the handler.
#pragma once

#include "src/drain/machine/rules.hpp"
#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

Next handle(State& state, Answered<DiscoverFleet> response, Now now);
Next handle(State& state, Answered<FindInFlightCommands> response, Now now);
Next handle(State& state, Answered<SendCommand> response, Now now);
Next handle(State& state, Answered<PollProgress> response, Now now);
Next handle(State& state, Answered<PollFleetChanges> response, Now now);
Next handle(State& state, Answered<CollectResults> response, Now now); // of Adopt and of Collect
Next handle(State& state, Answered<Sleep> response, Now now);
Next handle(State& state, Answered<AwaitBarrier> response, Now now);
Next handle(State& state, Answered<ReadSidekiq> response, Now now);

Next prepend_events(std::vector<Event> events, Next next);
// Into the phase, with the phase's own effect.
Next enter(State& state, Phase phase);
Effect effect_of(const State& state);
Next sleep_for(Duration duration);

// --- from one phase to the next
// After a command: unclear_patience is for verifications that follow each other, without a command
// between them. What was seen of those that are still to get theirs stays: if it is lost they still
// need it.
void verify_unclear_anew(State& state, const std::vector<CommandSpec>& pending);
// The action's command, but for instances that a command in flight has reached already.
Next begin_action(State& state, std::vector<CommandSpec> pending);
Next begin_verification(State& state, bool peers_ready, Now now);
// Whether finished instances are to be verified while others run: their workers may have been
// started anew. And that verification.
bool needs_partial_verification(const State& state, Now now);
Next begin_partial_verification(State& state, Now now);
void set_next_recheck(State& state, Now now);   // of all finished instances
Next verify_again_later(State& state, Now now); // after another discovery
// There is a status document, and the instances answer it.
bool has_status_document(const State& state);
// After a complete verification: the end, the barrier, another verification, or the action again.
Next conclude_verification(State& state, Now now);
// Sends what is pending. When nothing is left, waits for what was sent.
Next send_next(State& state, Send send, Now now);
Next wait_on(State& state, Wait wait, Now now);
// … until the counts are to be read, or EC2 is to be asked for changes.
Next keep_waiting(State& state, Now now);
Next wait_during_outage(State& state, const Wait& wait, Now now);
Next rediscover(State& state, bool peers_ready = false);
// The pause does not last beyond the deadline.
Next rediscover_after(State& state, Duration pause, Now now);
Next await_peers(State& state, BarrierPoint point);

// --- the phase Adopt (phase_adopt.cpp, adopt_results.cpp)
Next apply_adopted(State& state, Answered<CollectResults> response, Now now);
// Sends what is pending. While SSM may still list the command whose answer was lost, it looks for
// commands again instead.
Next send_or_find_again(State& state, Adopt adopt, Now now);

// --- the end
// With the verdict that the state proves.
Next finish(State& state, Now now);
// The same together with the other regions. They may take hours: a region that ended now would
// report an old state.
Next finish_with_peers(State& state, Now now);
// The same, where the verification's answers cannot be had.
Next finish_unverified(State& state, const CallFailure& failure, Now now);
Next finish_with(State& state, Verdict verdict, std::string why, Now now);
Next finish_with(State& state, const CallFailure& failure, Now now);

// --- outages (outage.cpp)
// Whether a failed call is retried: one rule for every call. `effect`: its index in Effect.
bool is_retryable(const State& state, const CallFailure& failure, std::size_t effect, Now now);
// Begins or continues an outage. Out: what people are told about it.
std::vector<Event> extend_outage(State& state, const CallFailure& failure, std::size_t effect,
                                 Now now);
// "AWS has not answered for 61 s now (…)"
std::string outage_text(const Outage& outage, Now now);
// The events are of the outage; where the run ends by it, the report says the same.
Next retry_during_outage(State& state, const CallFailure& failure, std::vector<Event> events,
                         Now now);
// Once something was sent, a list, a count or a result that is missing does not keep the others
// from getting their command.
bool continues_without(const State& state, const CallFailure& failure, Now now);
void end_outage(State& state, Now now, std::vector<Event>& events);
// Whether the action was sent is not known: the answer to each SendCommand of it was lost.
bool is_send_unknown(const State& state);
// The SendCommand whose answer was lost and that no list has shown yet; none: null.
const LostSend* lost_send(const State& state);
// The latest failure is recent: the next one belongs to the same outage.
bool is_current(const Outage& outage, Now now);
// A command was sent, or this region waits for the others: failures are retried until the deadline.
bool is_under_way(const State& state);

// --- heartbeats (heartbeat.cpp)
// After a quarter of an hour without a notice, one that says what the run waits for.
void add_heartbeat(State& state, Next& next, Now now);

// --- what is to be done (plan.cpp)
RuleContext context_of(const State& state, const TrackedInstance& instance, Now now);
Need need_of(const State& state, const TrackedInstance& instance, Now now);
// The instances whose last command is one of these and has ended are verified soon.
void note_finished(State& state, const std::vector<CommandId>& commands);
// The same for any command, of one environment or of all.
void note_finished(State& state, const std::string& environment = {});
// The same for instances that SSM calls undelivered and that were not verified since: the command
// may have run there nevertheless.
void note_undelivered(State& state);
// The ids that get the action's command now. None in the pause after a failed send, or when
// somebody has cancelled the action.
std::vector<InstanceId> instances_to_act_on(const State& state, Now now);
// Some instance needs the action's command. A command by tag may have reached it: its results are
// read first.
bool results_may_name_instances(const State& state, Now now);
// A command by tag may have reached an instance that no list shows: its results are incomplete.
bool results_are_missing(const State& state, Now now);
// Once an answer was unclear: the unclear instances, and those that were not verified yet.
std::vector<InstanceId> instances_to_verify_again(const State& state, Now now);
// Finished instances whose workers may have been started anew, and instances whose script may have
// ended without a result. Not those that are gone or got another command since.
std::vector<InstanceId> ids_of_partial_verification(const State& state, Now now);
// SSM learns an instance's tag late, or somebody has changed it: its id reaches it.
std::vector<InstanceId> missed_by_tag(const State& state, Now now);
bool any_needs(const State& state, Need need, Now now);
// Some instance's command has not ended.
bool any_awaited(const State& state, Now now);
// The same, and the deadline has not come: a refused answer about anything else does not end the
// run.
bool any_awaited_in_time(const State& state, Now now);
std::vector<CommandSpec> specs_by_environment(Purpose purpose,
                                              const std::vector<std::string>& environments);
std::vector<CommandSpec> specs_by_instance(Purpose purpose, const std::vector<InstanceId>& ids);
// The environments to which EB deploys.
std::vector<std::string> deploying(const State& state);
// … to one of them for less than deploy_patience.
bool awaits_deploy(const State& state, Duration now);
bool deadline_passed(const State& state, Now now);

// --- polling (poll_interval.cpp)
// What the phase is for; none: neither for the action nor for a verification alone.
std::optional<Purpose> purpose_of(const Phase& phase);
template <class AnyState> auto& commands_of(AnyState& state, Purpose purpose) {
    return purpose == Purpose::act ? state.commands : state.verification->commands;
}
// SSM's counts, added. Of several commands to one instance each counts.
CommandProgress sum_of(const std::vector<OpenCommand>& commands);
// For people: in instances, each counts once, by its last command (count_instances.cpp).
InstanceCounts count_instances(const State& state, Purpose purpose);
// None where they are as reported last.
std::vector<Event> events_of_counts(State& state, Purpose purpose);
std::vector<CommandId> open_ids(const std::vector<OpenCommand>& commands);
std::vector<CommandId> ids_of(const std::vector<OpenCommand>& commands);
Duration poll_interval(const State& state, Purpose purpose, Now now);
// When the waiting for this purpose ends: at the deadline, or after the patience with a
// verification.
Duration end_of_waiting(const State& state, Purpose purpose);

// Adds a sentence of the report. False: the list has it already.
bool add_once(std::vector<std::string>& sentences, const std::string& sentence);
std::string unproven_workers(const std::string& why);

} // namespace snow_white::drain
