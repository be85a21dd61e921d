"""--cancel while a task drains: the command ends, whoever watches says so, and what is quiet stays quiet."""

import time

import pytest

from operator_at_work import flags, states
from programs import PROGRAM, Running, at_the_prompt, snow_white
from rights import withhold

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--drain", "10m"]
ASLEEP = {"quiet", "idle"}


@pytest.fixture(scope="module")
def watched(sandbox):
    """A quiet under way that all workers know of, and somebody who watches it."""
    running = Running([PROGRAM, *flags(), "--wait"], at_the_prompt(sandbox))
    running.wait_for_output("quiet command")
    deadline = time.monotonic() + 30
    while not states(sandbox, "acme-Workers") <= ASLEEP:
        assert time.monotonic() < deadline, sandbox.where()
        time.sleep(0.1)
    yield running
    running.wait(0.1)


def test_whoever_lacks_the_right_is_told_and_the_command_goes_on(sandbox, watched):
    withhold(sandbox, "user/alice", "ssm:CancelCommand")
    refused = snow_white(sandbox, *flags(), "--cancel")
    withhold(sandbox, "user/alice")
    assert refused.code == 6 and "ssm:CancelCommand" in refused.err and "goes on" in refused.err, repr(refused)
    looked = snow_white(sandbox, *flags(), "--dry-run")
    assert looked.code == 0 and "would follow command" in looked.out, repr(looked)


def test_all_who_watch_end_as_cancelled(sandbox, watched):
    cancelled = snow_white(sandbox, *flags(), "--cancel")
    assert cancelled.code == 0 and "cancelled quiet command" in cancelled.out, repr(cancelled)
    assert "stay quiet" in cancelled.out and "-a wake" in cancelled.out, repr(cancelled)
    done = watched.wait()
    assert done.code == 7, f"{done!r}\n{sandbox.where()}"
    said = [m["text"] for m in sandbox.look("slack") if m["channel"].startswith("#")]
    assert "NOT QUIET" in said[-1] and "the command was cancelled" in said[-1], said
    assert states(sandbox, "acme-Workers") <= ASLEEP, "a worker that was told to be quiet stays so"


def test_nothing_in_flight_is_three(sandbox, watched):
    watched.wait()
    for action in ("quiet", "wake"):
        done = snow_white(sandbox, *flags(action), "--cancel")
        assert done.code == 3 and "nothing to cancel" in done.out, repr(done)
    assert sandbox.calls("ssm", "CancelCommand") == 2, "one refused, one done"
