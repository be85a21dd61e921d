"""The live progress on a terminal, --here and with --wait: the same screen, with the unfinished
instances and their jobs."""

import signal

import pytest

from operator_flags import TASK, flags, wake
from programs import snow_white
from terminal import is_restored, terminals

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--drain", "30s"]


@pytest.fixture
def on_a_terminal(sandbox, client):
    wake(sandbox, client, "acme-Workers")
    with terminals(sandbox) as start:
        yield lambda how: start(how, 80, 24)


@pytest.mark.parametrize("how", ["--here", "--wait"])
def test_the_screen_names_unfinished_instances_and_counts_their_jobs(on_a_terminal, how):
    terminal = on_a_terminal(how)
    terminal.until("of 3 instances are quiet and idle")
    assert terminal.screen.display[0].startswith("NOT YET quiet and idle: NOT SAFE to go on")
    terminal.until("not yet")
    terminal.until(" running")
    left = [line for line in terminal.screen.display if line.startswith("  i-")]
    assert left and any(" job" in line for line in left), terminal.screen.display
    assert terminal.end() == 0
    is_restored(terminal.raw)
    assert "QUIET: all 3 workers on 3 instances" in terminal.after, terminal.after
    assert "\x1b" not in terminal.after and "standing" not in terminal.after


def test_the_report_on_a_terminal_equals_that_of_a_pipe(on_a_terminal, sandbox):
    terminal = on_a_terminal("--wait")
    assert terminal.end(90) == 0
    before, after = terminal.raw.partition(b"\x1b")[0].decode(), terminal.after
    assert TASK.search(before) and "aws logs tail" in before, "the task is named before the picture"
    for words in ["task is RUNNING", "quiet command", "3 of 3 instances finished", "next: "]:
        assert words in after, after
    assert "NOT YET" not in after


def test_ctrl_c_stops_following_and_restores_the_terminal(on_a_terminal):
    terminal = on_a_terminal("--wait")
    terminal.until("of 3 instances are quiet and idle")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 8
    is_restored(terminal.raw)
    assert "the task continues, and its answer comes by Slack" in terminal.after


def test_without_live_progress_the_task_logs_lines_only(sandbox, client):
    wake(sandbox, client, "acme-Workers")
    done = snow_white(sandbox, *flags("quiet"), "--wait", TERM="xterm")
    assert done.code == 0 and "standing" not in done.out and "\x1b" not in done.out, repr(done)
