"""The program, broken on purpose, one way at a time: a line of the sources and what it becomes."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    line: str
    becomes: str
    tests: str = ""  # the unit tests that have to notice it, as a filter; none: the simulation


MACHINE = "src/drain/machine/"

MUTANTS = [
    # --- what a verdict is made of
    Mutant("success without a verification", MACHINE + "phase_verify.cpp",
           "if (!can_ask(state)) return verify_by_results(std::move(state), now);",
           "return verify_by_results(std::move(state), now);"),
    Mutant("what a verification shows is ignored", MACHINE + "apply_verification.cpp",
           "if (finding.outcome == Outcome::done) {", "if (true) {"),
    Mutant("an instance that did not answer counts as verified", MACHINE + "verification.cpp",
           "return verification.as_asked.contains(id);", "return !verification.not_as_asked.contains(id) || "
           "verification.not_as_asked.at(id).outcome == Outcome::unknown;"),
    Mutant("absence from one list is taken for gone", MACHINE + "targets.cpp",
           "return instance.ec2_state == Ec2State::terminating || instance.forgotten_by_ec2;",
           "return instance.ec2_state == Ec2State::terminating || instance.forgotten_by_ec2 || "
           "instance.unlisted_since.has_value();"),
    Mutant("no worker counts as well", "src/drain/machine/contradictions.cpp",
           "return {Outcome::no_worker, line.note};", "return {Outcome::done, line.note};"),
    Mutant("a silent agent counts as gone", MACHINE + "targets.cpp",
           "return instance.confirmed && !is_gone(instance)",
           "return instance.confirmed && !instance.agent_lost_at && !is_gone(instance)"),
    Mutant("an instance without agent counts as gone", MACHINE + "targets.cpp",
           "return instance.confirmed && !is_gone(instance)",
           "return instance.confirmed && instance.agent != Agent::absent && !is_gone(instance)"),
    Mutant("a partial end is reported as success", "src/cli/ending.cpp",
           "return ExitCode::partial;", "return ExitCode::done;"),
    Mutant("a region without a status document does not await the others", MACHINE + "phase_verify.cpp",
           "if (state.config.multi_region && !last && !peers_ready)",
           "if (state.config.multi_region && !last && !peers_ready && can_ask(state))"),
    # --- several regions
    Mutant("one region does not wait for the other", MACHINE + "phase_verify.cpp",
           "if (state.config.multi_region && !last && !peers_ready)", "if (false && peers_ready)"),
    Mutant("one region ends while the other has fallen back", MACHINE + "phase_verify.cpp",
           "if (state.config.multi_region && !deadline_passed(state, now))\n"
           "        return await_peers(std::move(state), BarrierPoint::verified);", ""),
    # --- who is told, and how often
    Mutant("newcomers are missed", MACHINE + "apply_fleet.cpp",
           "if (is_foreign(state, seen)) continue;",
           "if (is_foreign(state, seen) || (state.may_have_sent && !targets.instances.contains(seen.id))) continue;"),
    Mutant("a command in flight is not looked for", MACHINE + "phase_adopt.cpp",
           "return command.action == state.config.action && overlaps(state, command) &&",
           "return false && overlaps(state, command) &&"),
    Mutant("an older command counts for those that were told something else since", MACHINE + "adopt_plan.cpp",
           "return later && reaches(other, id, environment);", "return false && later && reaches(other, id, environment);"),
    Mutant("a command that is being cancelled is followed", MACHINE + "phase_adopt.cpp",
           "(command.stage == InFlightCommand::Stage::running ||",
           "(command.stage != InFlightCommand::Stage::over ||", "Evidence.ACommandThatIsBeingCancelled*"),
    Mutant("what was cancelled for one before the run ends the run", MACHINE + "phase_adopt.cpp",
           "if ((!is_ended && is_being_cancelled(invocation)) ||", "if ("),
    Mutant("a lost SendCommand is sent again at once", MACHINE + "outage.cpp",
           "return send == nullptr || send->purpose == Purpose::verify;", "return true;"),
    Mutant("a lost SendCommand is looked up before SSM lists it", MACHINE + "phase_adopt.cpp",
           "then < lost->at.elapsed + list_lag;", "then < Duration{0};", "Evidence.ACommandThatSsmListsLate*"),
    Mutant("a SendCommand that fails for a second ends the run", MACHINE + "phase_send.cpp",
           "if (!state.has_commanded && !state.config.multi_region && long_since)", "if (!state.has_commanded)"),
    Mutant("one refused id costs all that are named with it", MACHINE + "phase_send.cpp",
           "send.pending.front().instances.size() > 1)", "send.pending.front().instances.size() > 1000)",
           "Evidence.OneIdThatSsmRefuses*"),
    Mutant("an incomplete list counts as whole", MACHINE + "apply_results.cpp",
           "return listed >= command.progress.targeted && ended >= command.progress.completed &&\n"
           "           (ended == listed || !command.progress.over);", "return true;"),
    Mutant("the watch for changes is given up", MACHINE + "phase_wait.cpp",
           "if (is_due) return watch_fleet(std::move(state), now);",
           "if (false && is_due) return watch_fleet(std::move(state), now);", "Unseen.ANewcomerIsTold*"),
    Mutant("an environment that appears is not quieted", MACHINE + "apply_fleet.cpp",
           "const bool in_scope = !appeared || state.config.action == Action::quiet;", "const bool in_scope = !appeared;"),
    Mutant("an instance that EC2 started anew keeps its old answers", MACHINE + "apply_fleet.cpp",
           "} else if (has_started_anew(instance, seen)) {", "} else if (false && has_started_anew(instance, seen)) {"),
    # --- how long, how often, and what is said
    Mutant("durations by the wall clock", "src/drain/run/drain_loop.cpp",
           "Now now() const { return {clock_.now(), clock_.elapsed() - began_}; }",
           "Now now() const { return {clock_.now(), clock_.now() - regions_.front().step.state.config.started}; }"),
    Mutant("the second page is not read", "src/aws/pages.cpp",
           "if (next->empty()) return {};", "return {};"),
    Mutant("the deadline is ignored", MACHINE + "phase_wait.cpp",
           "if (now.elapsed >= end_of_waiting(state, wait.purpose)) return collect(std::move(state), wait.purpose);",
           "if (wait.purpose == Purpose::verify && now.elapsed >= end_of_waiting(state, wait.purpose))\n"
           "        return collect(std::move(state), wait.purpose);"),
    Mutant("the deadline is said to have come first at any end", MACHINE + "verdict.cpp",
           "if (any_is(report.instances, Outcome::pending) && deadline_passed(state, now))",
           "if (any_is(report.instances, Outcome::pending))"),
    Mutant("an outage is borne in silence", MACHINE + "outage.cpp",
           "if ((!is_under_way(state) && !state.config.multi_region) || lasted < short_outage) return {};", "return {};"),
    Mutant("it polls without a pause", MACHINE + "poll_interval.cpp",
           "std::clamp<Duration>(waited / 120, shortest_poll, longest_poll)", "Duration{200}"),
    Mutant("it verifies again and again without a pause", MACHINE + "phase_verify.cpp",
           "const Duration pause = next_pause(state, now);", "const Duration pause{1};"),
    # --- what the simulation meets too seldom, or has no part in
    Mutant("a verification is believed however late its answers come", MACHINE + "verification.cpp",
           "return verification.released || now - verification.begun < validity(instances);", "return true;",
           "Evidence.AClockThatIsSetBack*:Evidence.ALaptopThatSleepsBetweenVerification*"),
    Mutant("a worker less is no question", MACHINE + "apply_verification.cpp",
           "if (finding.outcome != Outcome::done || workers >= instance.workers_before) return finding;",
           "return finding;", "Evidence.FewerWorkers*"),
    Mutant("success without a line counts", MACHINE + "apply_verification.cpp",
           "    if (!agreed || line->outcome == InstanceOutcome::failed)\n",
           "    if (!line && invocation.end == Outcome::done) return {Outcome::done, {}};\n"
           "    if (!agreed || line->outcome == InstanceOutcome::failed)\n", "Evidence.SuccessWithoutALine*"),
    Mutant("an older answer of SSM's takes back what has ended", MACHINE + "apply_results.cpp",
           "if (invocation.end == Outcome::pending && has_ended(*instance, command)) return false;", "",
           "OldAnswers.*"),
    Mutant("a status document that is absent once ends the asking", MACHINE + "phase_send.cpp",
           "if ((may_come || by_id) && !deadline_passed(state, now)) {",
           "if (by_id && !deadline_passed(state, now)) {", "Proof.AStatusDocumentThatIsAbsentOnce*"),
    Mutant("who answers is gone where EC2 says so", MACHINE + "verification.cpp",
           "return exists(instance) ? covers(verification, id, instance) : !instance.answers_though_gone;",
           "return !exists(instance) || covers(verification, id, instance);", "Proof.WhoAnswers*"),
    Mutant("what SSM counts and does not list is forgotten", MACHINE + "phase_collect.cpp",
           "if (lacking > 0)", "if (false && lacking > 0)", "Proof.WhatSsmCounts*"),
    Mutant("one empty list is an empty fleet", MACHINE + "phase_discover.cpp",
           "if (now.elapsed < *seen_empty + empty_interval || awaits_deploy(state, now.elapsed))",
           "if (awaits_deploy(state, now.elapsed))", "OldAnswers.AFleetIsEmpty*"),
    Mutant("the command that was read last counts", MACHINE + "apply_results.cpp",
           "if (requested && instance.last->requested) return *requested >= *instance.last->requested;",
           "if (requested) return true;", "Evidence.OfSeveralCommands*"),
    Mutant("somebody who is pending hides a cancel", MACHINE + "verdict.cpp",
           "if (any_is(report.instances, Outcome::cancelled)) return Verdict::cancelled;", "",
           "Evidence.ACancelIsNotHidden*"),
    Mutant("a newcomer's age is told by two clocks alone", MACHINE + "apply_fleet.cpp",
           "std::clamp<Duration>(boot_patience - age, first_seen_patience, boot_patience)",
           "(boot_patience - age)", "Evidence.AClockThatIsAhead*"),
    Mutant("a wake that SSM calls failed stays failed", MACHINE + "verification.cpp",
           "return verification.as_asked.contains(id);",
           "return verification.as_asked.contains(id) && claims_success(instance);", "Evidence.AWakeThatSsmCallsFailed*"),
    Mutant("an environment that is gone keeps its command from being cancelled", "src/cli/cancel_commands.cpp",
           "if (named.empty()) return named;", "return {};", "Cancel.TakesACommandOfWhich*"),
    Mutant("a task that has sent nothing yet is not looked for", "src/cli/cancel_tasks.cpp",
           "if (!can_look()) return;", "return;", "CancelTasks.EndsATask*"),
    Mutant("an interruption drops the last counts", MACHINE + "verdict.cpp",
           ".last_counts = counts_of(state)};", "};", "Evidence.AnInterruptionTells*"),
]
