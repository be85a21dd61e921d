"""--here on a terminal: a real pty, read by a terminal in memory (pyte)."""

import signal
import time

import pyte
import pytest

from operator_flags import wake
from terminal import LEAVE, is_restored, terminals

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=40", "--environment", "acme-Workers-b=3",
                     "--simulated", "--drain", "6s"]


@pytest.fixture
def on_a_terminal(sandbox, client):
    wake(sandbox, client, "acme-Workers", "acme-Workers-b")
    with terminals(sandbox) as start:
        yield lambda columns=80, lines=24, **environment: start("--here", columns, lines, **environment)


@pytest.mark.parametrize("columns, lines", [(80, 24), (200, 50), (40, 10)])
def test_a_screen_and_then_the_lines(on_a_terminal, columns, lines):
    terminal = on_a_terminal(columns, lines)
    terminal.until("of 43 instances")
    assert terminal.screen.display[0].startswith("NOT YET quiet and idle: NOT SAFE")
    terminal.until("not yet")
    bars = [line for line in terminal.screen.display if "[" in line and "] " in line]
    names = [bar.partition("[")[0].strip() for bar in bars]
    # With few lines who is left goes before the single environments.
    assert names == (["all 2 environ.."] if columns == 40 else ["all 2 environments", "acme-Workers", "acme-Workers-b"])
    assert terminal.end() == 0
    is_restored(terminal.raw)
    assert "QUIET: all 43 workers on 43 instances" in terminal.after and "\x1b" not in terminal.after
    pictures = terminal.raw.rpartition(LEAVE)[0]
    assert b"\n" not in pictures, "nothing scrolls"


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_restores_the_terminal(on_a_terminal, with_signal):
    terminal = on_a_terminal()
    terminal.until("of 43 instances")
    terminal.process.send_signal(with_signal)
    assert terminal.end() == 8
    is_restored(terminal.raw)
    assert "you stopped watching" in terminal.after and "-a quiet" in terminal.after


def test_before_anything_is_sent(on_a_terminal, sandbox):
    """A call that is retried does not stop the time, and Ctrl-C ends the run."""
    sandbox.post("faults", ["elasticbeanstalk:*=unavailable"])
    try:
        terminal = on_a_terminal()
        terminal.until("elapsed 0 s")
        began = time.monotonic()
        while time.monotonic() - began < 15:
            terminal.read(0.2)
            shown = next(line for line in terminal.screen.display if line.startswith("elapsed "))
            behind = time.monotonic() - began - int(shown.split()[1])
            assert behind < 4, f"{behind:.1f} s behind: {shown}"
        assert terminal.shows("Ctrl-C ends it; nothing is sent yet"), terminal.screen.display
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 8
        assert "NOT QUIET: you ended it; nothing was sent" in terminal.after, terminal.after
    finally:
        sandbox.post("faults", [])


def test_a_resized_terminal_is_redrawn(on_a_terminal):
    terminal = on_a_terminal(200, 50)
    terminal.until("of 43 instances")
    terminal.resize(40, 6)
    mark = len(terminal.raw)
    terminal.read(2.5)
    small = pyte.Screen(40, 6)
    pyte.ByteStream(small).feed(terminal.raw[mark:])
    assert small.display[0].rstrip() == "NOT YET quiet and idle: NOT SAFE", small.display
    assert any("[" in line and "] " in line for line in small.display), small.display
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 8


def test_without_colours(on_a_terminal):
    """Each runs to its end: what they wrote is compared, not when."""
    plain, coloured = on_a_terminal(NO_COLOR="1"), on_a_terminal()
    assert plain.end() == coloured.end() == 0
    is_restored(plain.raw)
    is_restored(coloured.raw)
    assert b"\x1b[1m" in coloured.raw and b"\x1b[1m" not in plain.raw and b"\x1b[32m" not in plain.raw


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"CI": "true"}, {"TERM": None}])
def test_without_a_usable_terminal_there_are_lines(on_a_terminal, environment):
    terminal = on_a_terminal(**environment)
    terminal.read(4)
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 8
    assert b"\x1b" not in terminal.raw and b"T" in terminal.raw and b"43 instances" in terminal.raw
