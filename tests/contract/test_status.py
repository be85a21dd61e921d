"""-a status: what each worker does now, requested by an operator with the permissions that the
template grants; nothing changes."""

import re
import signal
import subprocess
import time

import pytest

from operator_flags import flags, states
from programs import at_the_prompt, snow_white
from permissions import withhold
from sandbox_process import PROGRAM
from terminal import Terminal, is_restored

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--environment", "acme-Workers-pair=1:pair",
                     "--environment", "acme-web=1:web", "--simulated", "--drain", "2s"]


def test_it_says_what_each_worker_does_and_changes_nothing(sandbox):
    before = states(sandbox, "acme-Workers")
    done = snow_white(sandbox, *flags("status"))
    assert done.code == 0 and done.err == "", f"{done!r}\n{sandbox.where()}"
    heading, *rows, sentence = done.out.splitlines()
    assert heading.split() == ["ENVIRONMENT", "INSTANCE", "ZONE", "AGENT", "WORKER", "VERSION", "BUSY", "STATE", "SINCE"]
    assert len(rows) == 5, "three instances with a worker, one with two"
    assert all("online" in row and row.split()[-2] == "running" and "us-east-1" in row for row in rows)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row.split()[-1]) for row in rows), done.out
    assert sentence.startswith("5 workers on 4 instances: 5 running;")
    assert states(sandbox, "acme-Workers") == before


def test_after_a_quiet_they_are_idle(sandbox):
    began = time.time()
    assert snow_white(sandbox, *flags("quiet"), "--here").code == 0
    done = snow_white(sandbox, *flags("status"))
    assert done.code == 0 and "5 workers on 4 instances: 5 idle; 0 jobs running" in done.out, repr(done)
    now = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) for at in (began - 1, time.time())]
    assert all(now[0] <= row.split()[-1] <= now[1] for row in done.out.splitlines()[1:-1]), f"{done.out}\n{now}"
    assert snow_white(sandbox, *flags("wake"), "--here").code == 0


def test_an_instance_without_workers_is_reported(sandbox):
    done = snow_white(sandbox, *flags("status", pattern="web"))
    assert done.code == 0 and "no Sidekiq worker found" in done.out and "0 workers on 1 instance" in done.out, repr(done)


@pytest.mark.parametrize("change, code", [({"pattern": "nosuch"}, 3), ({"profile": "nosuch"}, 2)])
def test_missing_resources(sandbox, change, code):
    done = snow_white(sandbox, *flags("status", **change))
    assert done.code == code and "nosuch" in done.err and done.out == "", repr(done)


@pytest.mark.parametrize("right", ["ssm:SendCommand", "ssm:ListCommandInvocations", "cloudformation:DescribeStackResource"])
def test_a_right_that_is_missing(sandbox, right):
    withhold(sandbox, "user/alice", right)
    done = snow_white(sandbox, *flags("status"))
    withhold(sandbox, "user/alice")
    assert done.code == 6 and right in done.err, repr(done)


def test_zones_without_permission_are_unknown(sandbox):
    withhold(sandbox, "user/alice", "ssm:DescribeInstanceInformation")
    done = snow_white(sandbox, *flags("status"))
    withhold(sandbox, "user/alice")
    assert done.code == 0 and "unknown" in done.out and "not seen: which instances have a running SSM agent" in done.err


@pytest.mark.parametrize("more", [["--wait"], ["--here"], ["--cancel"], ["--dry-run"], ["--timeout", "1h"], ["--batch", "10"]])
def test_incompatible_flags(sandbox, more):
    done = snow_white(sandbox, *flags("status"), *more)
    assert done.code == 2 and "-a status only asks" in done.err, repr(done)


@pytest.mark.parametrize("lines", [24, 5])
def test_watched_on_a_terminal(sandbox, lines):
    """In place, as many lines as fit, the sums on top; Ctrl-C restores the terminal, and prints all
    rows."""
    terminal = Terminal([PROGRAM, *flags("status"), "--watch", "60s"],
                        at_the_prompt(sandbox, TERM="xterm-256color", CI=None), 80, lines)
    terminal.until("5 workers on 4 instances: 5 ")
    display = terminal.screen.display
    assert display[0].startswith("5 workers on 4 instances: 5 "), display
    assert ("Ctrl-C ends it" in display[1]) == (lines == 24), display
    assert terminal.shows("and 2 more, all ") == (lines == 5), display
    assert terminal.shows("  STATE      BUSY   INSTANCE             ENVIRONMENT") == (lines == 24), display
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 8
    is_restored(terminal.raw)
    assert terminal.after.count("acme-Workers") >= 5 and "5 workers on 4 instances" in terminal.after, terminal.after


@pytest.mark.parametrize("more", ([], ["--json"]))
def test_a_watch_ends_when_its_output_cannot_be_written(sandbox, more):
    with open("/dev/full", "w") as full:
        done = subprocess.run([PROGRAM, *flags("status"), "--watch", "30s", *more], env=at_the_prompt(sandbox), stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (74, "snow-white: the output could not be written: No space left on device\n")
