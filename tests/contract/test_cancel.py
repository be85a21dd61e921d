"""--cancel while a task drains: the command ends, every follower reports it, and quiet workers stay
quiet."""

import time

import pytest

from operator_flags import TASK, flags, states
from programs import PROGRAM, Running, at_the_prompt, snow_white
from permissions import withhold

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--drain", "10m"]
ASLEEP = {"quiet", "idle"}


@pytest.fixture(scope="module")
def watched(sandbox):
    """A quiet in progress that all workers have received, and a follower of it."""
    running = Running([PROGRAM, *flags(), "--wait"], at_the_prompt(sandbox))
    running.wait_for_output("quiet command")
    deadline = time.monotonic() + 30
    while not states(sandbox, "acme-Workers") <= ASLEEP:
        assert time.monotonic() < deadline, sandbox.where()
        time.sleep(0.1)
    yield running
    running.wait(0.1)


def test_without_permission_the_command_goes_on(sandbox, watched):
    withhold(sandbox, "user/alice", "ssm:CancelCommand")
    refused = snow_white(sandbox, *flags(), "--cancel")
    withhold(sandbox, "user/alice")
    assert refused.code == 6 and "ssm:CancelCommand" in refused.err and "continues" in refused.err, repr(refused)
    looked = snow_white(sandbox, *flags(), "--dry-run")
    assert looked.code == 0 and "would follow command" in looked.out, repr(looked)


def test_all_followers_end_as_cancelled(sandbox, watched):
    cancelled = snow_white(sandbox, *flags(), "--cancel")
    assert cancelled.code == 0 and "cancelled quiet command" in cancelled.out, repr(cancelled)
    assert "stay quiet" in cancelled.out and "-a wake" in cancelled.out, repr(cancelled)
    done = watched.wait()
    assert done.code == 7, f"{done!r}\n{sandbox.where()}"
    said = [m["text"] for m in sandbox.look("slack") if m["channel"].startswith("#")]
    assert "NOT QUIET" in said[-1] and "the command was cancelled" in said[-1], said
    assert states(sandbox, "acme-Workers") <= ASLEEP, "a worker that was told to be quiet stays so"


def test_nothing_in_flight_exits_with_3(sandbox, watched):
    watched.wait()
    for action in ("quiet", "wake"):
        done = snow_white(sandbox, *flags(action), "--cancel")
        assert done.code == 3 and "nothing to cancel" in done.out, repr(done)
    assert sandbox.calls("ssm", "CancelCommand") == 2, "one refused, one done"


# --- a task that has started and has not sent its command yet (its SendCommand is throttled)

@pytest.fixture
def unsent(start_sandbox):
    sandbox = start_sandbox(*SANDBOX_ARGUMENTS)
    sandbox.post("faults", ["ssm:SendCommand=throttled"])
    return sandbox


def acted(sandbox):
    """The documents of the commands that change something and that SSM accepted."""
    return [e for e in sandbox.look("stats")["timeline"] if e["action"] == "SendCommand" and not e["error"]]


def test_a_task_that_has_not_sent_is_stopped(unsent):
    watching = Running([PROGRAM, *flags(), "--wait"], at_the_prompt(unsent))
    watching.wait_for_output("started by alice")
    cancelled = snow_white(unsent, *flags(), "--cancel", seconds=180)
    assert cancelled.code == 0 and "stopped task arn:" in cancelled.out, f"{cancelled!r}\n{unsent.where()}"
    assert "Cancel requested." in cancelled.out and "nothing to cancel" not in cancelled.out, repr(cancelled)
    watched = watching.wait()
    assert watched.code == 7 and "cancelled by alice (snow-white --cancel)" in watched.err, repr(watched)
    unsent.post("faults", [])
    time.sleep(2)
    assert not acted(unsent) and states(unsent, "acme-Workers") == {"running"}
    assert snow_white(unsent, *flags(), "--cancel").code == 3, "the task is over"


def test_a_task_that_is_running_is_stopped_too(unsent):
    started = snow_white(unsent, *flags())
    deadline = time.monotonic() + 30
    while not unsent.calls("ssm", "SendCommand"):
        assert time.monotonic() < deadline, unsent.where()
        time.sleep(0.05)
    cancelled = snow_white(unsent, *flags(), "--cancel", seconds=180)
    assert cancelled.code == 0 and f"stopped task {TASK.search(started.out)[0]}" in cancelled.out, repr(cancelled)
    assert not acted(unsent)
    assert any("was stopped" in m["text"] for m in unsent.look("slack")), unsent.look("slack")


def test_tasks_for_other_environments_go_on(unsent):
    others = [snow_white(unsent, *flags("wake")), snow_white(unsent, *flags(pattern="Work"))]
    cancelled = snow_white(unsent, *flags(), "--cancel")
    assert cancelled.code == 3 and "no task of it has been started" in cancelled.out, repr(cancelled)
    assert "--here" in cancelled.out and [o.code for o in others] == [0, 0]
    assert unsent.calls("ecs", "StopTask") == 0


@pytest.mark.parametrize("action, code", [("ecs:ListTasks", 3), ("ecs:DescribeTasks", 3), ("ecs:StopTask", 6)])
def test_without_the_right_to_stop_tasks_it_says_so(unsent, action, code):
    snow_white(unsent, *flags())
    withhold(unsent, "user/alice", action)
    cancelled = snow_white(unsent, *flags(), "--cancel")
    assert cancelled.code == code and action in cancelled.err, repr(cancelled)
    assert ("continues" if code == 6 else "started tasks were not looked for") in cancelled.err, repr(cancelled)
    assert unsent.calls("ecs", "StopTask") == (1 if code == 6 else 0)


def test_without_settings_it_says_so(unsent):
    cancelled = snow_white(unsent, *flags(), "--cancel", ECS_CLUSTER_NAME=None)
    assert cancelled.code == 3, repr(cancelled)
    assert "started tasks were not looked for: ECS_CLUSTER_NAME is not set" in cancelled.out, repr(cancelled)
