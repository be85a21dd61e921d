"""More than one operator: the second adopts the first one's command; a wake during a quiet does
what docs/operations.md says."""

import re
import pytest

from parallel_fleets import outcomes_of

QUIET = "QUIET: all 2 workers on 2 instances are quiet and idle"
# A worker that does not take jobs after a wake is verified again for a minute (asleep_patience in
# src/drain/machine/limits.hpp).
UNTIL_ASLEEP_IS_FINAL = 90  # seconds; the machine is shared


def the_second_follows_the_first(fleet):
    first = fleet.start("--here")
    first.wait_for_output("sent to")
    second = fleet.start("--here")
    ends = first.wait(), second.wait()
    assert [e.code for e in ends] == [0, 0] and all(QUIET in e.out for e in ends), ends
    assert "is in flight already: following it; nothing was sent" in ends[1].out, ends[1]
    assert len(fleet.commands()) == 1, ends
    assert [("started" in m["text"], "joined" in m["text"]) for m in fleet.messages()[:2]] == [(True, False), (False, True)]


def a_wake_leaves_busy_workers_alone_and_the_quiet_goes_on(fleet):
    quiet = fleet.start("--here")
    quiet.wait_for_output("sent to")
    wake = fleet.start("--here", action="wake").wait(UNTIL_ASLEEP_IS_FINAL)
    assert wake.code == 1 and len(re.findall("still r[ua]ns? a job", wake.out)) >= 2, wake
    done = quiet.wait()
    assert done.code == 0 and QUIET in done.out and fleet.states() == {"idle"}, done
    assert len(fleet.commands()) == 1 and len(fleet.commands("WakeSideKiq")) == 1


def a_wake_after_the_quiet(fleet):
    assert fleet.start("--here").wait().code == 0
    wake = fleet.start("--here", action="wake").wait()
    assert wake.code == 0 and "AWAKE: all 2 workers" in wake.out and fleet.states() == {"running"}, wake


def a_stop_while_a_quiet_runs(fleet):
    quiet = fleet.start("--here")
    quiet.wait_for_output("sent to")
    stop = fleet.start("--here", action="stop").wait()
    assert stop.code == 0 and fleet.states() == {"stopped"}, stop
    done = quiet.wait()
    assert done.code == 0 and fleet.states() == {"stopped"}, done


def both_send_at_the_same_moment(fleet):
    fleet.sandbox.post("faults", ["ssm:ListCommands=slow,for=3s,first=2"])
    try:
        running = [fleet.start("--here"), fleet.start("--here")]
        ends = [one.wait() for one in running]
    finally:
        fleet.sandbox.post("faults", [])
    assert [e.code for e in ends] == [0, 0] and all(QUIET in e.out for e in ends), ends
    assert len(fleet.commands()) == 2, ends
    assert any("somebody else has sent the same quiet meanwhile" in e.out for e in ends), ends


SCENARIOS = [the_second_follows_the_first, both_send_at_the_same_moment, a_wake_leaves_busy_workers_alone_and_the_quiet_goes_on, a_wake_after_the_quiet,
             a_stop_while_a_quiet_runs]


@pytest.fixture(scope="module")
def outcomes():
    return outcomes_of(SCENARIOS, "two", "5s")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_concurrent_operators(outcomes, scenario):
    if outcomes[scenario]:
        raise outcomes[scenario]
