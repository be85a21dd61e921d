"""The program, broken on purpose, one way at a time: a line of the sources and what it becomes."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    line: str
    becomes: str


MUTANTS = [
    Mutant("success without a sweep", "src/drain/steps.cpp",
           "if (!state.plan.can_ask || nobody_spoke(state)) {", "return finish(state, now);\n    {"),
    Mutant("one region does not wait for the other", "src/drain/steps.cpp",
           "if (state.plan.in_company && now < state.plan.deadline && !std::exchange(state.may_sweep, false))\n"
           "        return meet(std::move(state), false, now);", ""),
    Mutant("one region ends while the other has fallen back", "src/drain/reading.cpp",
           "if (clean_enough && !last && state.plan.in_company) return meet(std::move(state), true, now);", ""),
    Mutant("a sweep is believed however late its answers come", "src/drain/meeting.cpp",
           "return now - oldest < time_a_sweep_holds(instances);", "return true;"),
    Mutant("clean sweeps are counted anew where another region was not clean", "src/drain/meeting.cpp",
           "if (met == nullptr || !met->all) return look_again(std::move(state));",
           "if (met == nullptr || !met->all) {\n        state.clean_sweeps = 0;\n"
           "        return look_again(std::move(state));\n    }"),
    Mutant("newcomers are missed", "src/drain/news.cpp",
           "set_instance(state, instance, now, events);\n    return events;",
           "if (!state.begun || state.members.contains(instance.id)) set_instance(state, instance, now, events);\n"
           "    return events;"),
    Mutant("what a sweep shows is ignored", "src/drain/answers.cpp",
           "if (claims_success(member)) member.checked = check(state.plan.action, *line);", ""),
    Mutant("no worker counts as well", "src/drain/members.cpp",
           "outcome == Outcome::gone || outcome == Outcome::off;",
           "outcome == Outcome::gone || outcome == Outcome::off || outcome == Outcome::no_worker;"),
    Mutant("a silent agent counts as gone", "src/drain/members.cpp",
           "if (member.lost_since) return {Outcome::unreachable,", "if (member.lost_since) return {Outcome::gone,"),
    Mutant("an instance without agent counts as gone", "src/drain/members.cpp",
           "if (member.agent == Agent::absent) return {Outcome::unreachable,",
           "if (member.agent == Agent::absent) return {Outcome::gone,"),
    Mutant("what failed counts as well", "src/drain/members.cpp",
           "outcome == Outcome::gone || outcome == Outcome::off;",
           "outcome == Outcome::gone || outcome == Outcome::off || outcome == Outcome::failed;"),
    Mutant("a command in flight is not looked for", "src/drain/joining.cpp",
           "if (!concerns_us(state, command)) continue;", "continue;"),
    Mutant("a lost SendCommand is sent again", "src/drain/sending.cpp",
           "if (failed.kind == Failed::Kind::lost) {\n        state.begun = true; // perhaps",
           "if (failed.kind == Failed::Kind::lost) {\n        return bear(std::move(state), failed, now);"),
    Mutant("the second page is not read", "src/aws/pages.cpp",
           "if (next->empty()) return {};", "return {};"),
    Mutant("the deadline is ignored", "src/drain/steps.cpp",
           "return now >= end_of_errand(state);", "return state.errand == Errand::ask && now >= end_of_errand(state);"),
    Mutant("an outage is borne in silence", "src/drain/steps.cpp",
           "if (!is_under_way(state) || lasted < short_outage) return {};", "return {};"),
    Mutant("a partial end is reported as success", "src/cli/ending.cpp",
           "return ExitCode::partial;", "return ExitCode::done;"),
    Mutant("it polls without a pause", "src/drain/steps.cpp",
           "std::clamp<Duration>(waited / 120, first_pause, longest_pause)",
           "Duration{200}"),
]
