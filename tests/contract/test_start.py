"""The calls up to SendCommand: how many answers are awaited one after the other, and how often a
host is connected to."""

import datetime
import subprocess

import pytest

from relays import Relays
from sandbox_process import PROGRAM

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=3", "--environment", "acme-web=2:web", "--simulated", "--relayed", "--drain", "1s"]
ASKED = [PROGRAM, "-a", "quiet", "-e", "workers", "-f", "staging", "-p", "acme", "-r", "us-east-1", "--here"]
PAUSE = 0.4  # before each answer: so long that everything else is short beside it


def quiet(sandbox, **more):
    done = subprocess.run(ASKED, env=sandbox.environment(**more), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}. {sandbox.where()}"
    return done.stdout


def test_two_answers_are_awaited_before_the_command_is_sent(start_sandbox):
    sandbox = start_sandbox(*SANDBOX_ARGUMENTS, "--fault", f"aws:*=slow,for={int(PAUSE * 1000)}ms")
    quiet(sandbox)
    timeline = sandbox.look("stats")["timeline"]
    at = {}
    for call in timeline:
        at.setdefault(call["action"], datetime.datetime.fromisoformat(call["at"].replace("Z", "+00:00")).timestamp())
    awaited = (at["SendCommand"] - min(at.values())) / PAUSE
    assert 2 <= awaited < 3, f"wanted two pauses from the first call to SendCommand, seen {awaited}: {timeline[:12]}"


def test_connections_are_used_again(start_sandbox):
    """A connection carries one call at a time, and at most two calls to one host overlap: whether
    they do is a matter of milliseconds."""
    sandbox = start_sandbox(*SANDBOX_ARGUMENTS)
    with Relays(sandbox.url) as relays:
        quiet(sandbox, **relays.environment)
    calls = sandbox.look("stats")["total"]
    assert max(relays.connections.values()) <= 2 and calls >= 2 * relays.connections.total(), (relays.connections, calls)


@pytest.mark.parametrize("fault, commands", [("reset-after", 1), ("reset-before", 2)])
def test_a_command_whose_connection_dies_is_looked_up_before_it_is_sent_again(start_sandbox, fault, commands):
    sandbox = start_sandbox(*SANDBOX_ARGUMENTS, "--fault", f"ssm:SendCommand={fault},first=1")
    assert "the answer to SendCommand was lost" in quiet(sandbox)
    sent = [r for r in sandbox.look("requests") if r["action"] == "SendCommand" and "QuietSideKiq" in r["body"]]
    assert len(sent) == commands, sent
