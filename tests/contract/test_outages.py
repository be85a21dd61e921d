"""AWS down, Slack down, credentials that expire, in real time and on a real socket.
tests/unit/cli/fleet_events_test.cpp has the long outages in simulated time. Each scenario is a
fleet whose jobs end five seconds after the quiet."""

import time

import pytest

from closable_port import ClosablePort
from parallel_fleets import outcomes_of

pytestmark = pytest.mark.timeout(300)
QUIET = "QUIET: all 2 workers on 2 instances are quiet and idle"


def ended_well(fleet, running, messages=2):
    done = running.wait(120)
    assert done.code == 0 and QUIET in done.out and fleet.states() == {"idle"}, done
    assert len(fleet.commands()) == 1, done
    texts = [m["text"] for m in fleet.messages()]
    assert len(texts) == messages and (messages == 0 or QUIET in texts[-1]), (texts, done)
    return done


def aws_is_gone_for_twenty_seconds(fleet):
    with ClosablePort(fleet.sandbox) as port:
        running = fleet.start("--here", AWS_ENDPOINT_URL=port.url)
        running.wait_for_output("sent to")
        port.close()
        time.sleep(20)
        port.open()
        ended_well(fleet, running)


def aws_is_gone_at_the_start(fleet):
    with ClosablePort(fleet.sandbox) as port:
        port.close()
        running = fleet.start("--here", AWS_ENDPOINT_URL=port.url)
        time.sleep(10)
        port.open()
        ended_well(fleet, running)


def aws_never_answers(fleet):
    done = fleet.start("--here", AWS_ENDPOINT_URL="http://127.0.0.1:9").wait(200)
    assert done.code == 9 and done.out.count("NOT QUIET: ") == 1, done
    assert "NOT QUIET: " in fleet.messages()[-1]["text"]


def faults_of_slack(*faults, messages=2):
    def scenario(fleet):
        fleet.sandbox.post("faults", faults)
        done = ended_well(fleet, fleet.start("--here"), messages)
        assert messages or "Slack did not take the message" in done.text, done
    scenario.__name__ = "slack_" + "_".join(faults)
    return scenario


def keys_that_expire_in_mid_drain_are_renewed(fleet):
    """By a task: ECS has newer credentials."""
    fleet.sandbox.post("faults", ["ssm:ListCommands=expired-token,from=4s,first=1"])
    running = fleet.start("--wait")
    done = running.wait(120)
    assert done.code == 0 and QUIET in done.out, done
    assert fleet.sandbox.look("stats")["faults"] == {"expired-token": 1} and len(fleet.commands()) == 1, done


def keys_of_a_task_that_cannot_be_had(fleet):
    fleet.sandbox.post("faults", ["metadata:Credentials=unavailable"])
    done = fleet.start("--wait").wait(200)
    assert done.code == 6 and "NOT QUIET: " in done.out, done
    assert "NOT QUIET: " in fleet.messages()[-1]["text"] and not fleet.commands()


SCENARIOS = [aws_is_gone_for_twenty_seconds, aws_is_gone_at_the_start, aws_never_answers,
             faults_of_slack("slack:Post=throttled,first=2"), faults_of_slack("slack:Post=slow,for=3s"),
             faults_of_slack("slack:Post=timeout-before,first=2"), faults_of_slack("slack:Post=reset-before,first=3"),
             faults_of_slack("slack:Post=server-error-empty,first=3"), faults_of_slack("slack:Post=no-connection", messages=0),
             faults_of_slack("slack:Post=denied", messages=0),
             keys_that_expire_in_mid_drain_are_renewed, keys_of_a_task_that_cannot_be_had]


@pytest.fixture(scope="module")
def outcomes():
    return outcomes_of(SCENARIOS, "outages", "5s")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_an_outage(outcomes, scenario):
    if outcomes[scenario]:
        raise outcomes[scenario]
