"""Instances that come, go and lose their agents during a drain, in real time: changes that are seen
at once. Those that are found after minutes are in tests/unit/cli/fleet_events_test.cpp. Each
scenario is a fleet of two whose jobs end four seconds after the quiet."""

import time

import pytest

from parallel_fleets import outcomes_of

def in_mid_drain(fleet):
    running = fleet.start("--here")
    running.wait_for_output("sent to")
    time.sleep(1)
    return running, *fleet.instances()


def ended(running, code, *words):
    done = running.wait()
    assert done.code == code, f"wanted exit code {code}: {done!r}"
    missing = [w for w in words if w not in done.out]
    assert not missing, f"wanted {missing} in {done!r}"
    return done


def launched(fleet):
    running, *_ = in_mid_drain(fleet)
    fleet.happens("launch", 2)
    ended(running, 0, "all 4 workers on 4 instances")
    assert fleet.states() == {"idle"}


def rebooted(fleet):
    running, one, _ = in_mid_drain(fleet)
    fleet.happens("reboot", one)
    ended(running, 0, "all 2 workers on 2 instances")
    assert fleet.states() == {"idle"}


def agent_lost_for_a_moment(fleet):
    running, one, _ = in_mid_drain(fleet)
    fleet.happens("lose-agent", one)
    time.sleep(2)
    fleet.happens("restore-agent", one)
    ended(running, 0, "all 2 workers on 2 instances")


SCENARIOS = [launched, rebooted, agent_lost_for_a_moment]


@pytest.fixture(scope="module")
def outcomes():
    return outcomes_of(SCENARIOS, "leavers", "4s")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_in_mid_drain(outcomes, scenario):
    if outcomes[scenario]:
        raise outcomes[scenario]
