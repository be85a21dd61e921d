"""A stop on a terminal asks first. The terminal is the program's own (pty.fork): /dev/tty is it."""

import re

import pytest

from operator_flags import flags, sent, states
from programs import at_the_prompt, snow_white
from sandbox_process import PROGRAM
from terminal import converse

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=2", "--simulated", "--drain", "2s"]
QUESTION = b"Stop them? [y/N] "


def at_a_terminal(sandbox, *arguments, typed):
    """The exit code, and all output; `typed` is entered at the question."""
    return converse([PROGRAM, *arguments], at_the_prompt(sandbox, TERM="dumb"), QUESTION, typed, 60)


@pytest.mark.parametrize("way", [[], ["--wait"], ["--here"]])
@pytest.mark.parametrize("typed, code", [(b"n\n", 7), (b"\n", 7), (b"yess\n", 7), (b"\x04", 7), (b"\x03", 8)])
def test_whatever_is_not_yes_stops_nothing(sandbox, way, typed, code):
    before = sent(sandbox)
    ended, seen = at_a_terminal(sandbox, *flags("stop"), *way, typed=typed)
    assert ended == code, seen
    question = seen.partition(QUESTION)[0]
    assert seen.count(QUESTION) == 1 and b"acme-Workers" in question, seen
    assert re.search(rb"acme in us-east-1, profile staging: \d jobs? running on 2 instances", question), seen
    assert code == 7 or b"\r\nsnow-white: interrupted; nothing was stopped\r\n" in seen, seen
    assert code == 8 or b"not confirmed; nothing was stopped (--yes skips the question)" in seen, seen
    assert sent(sandbox) == before + 1, "the status document, which counts the jobs"
    assert states(sandbox, "acme-Workers") == {"running"}


@pytest.mark.parametrize("way", ["--wait", "--here"])
def test_yes_stops_them(sandbox, way):
    code, seen = at_a_terminal(sandbox, *flags("stop"), way, typed=b"y\n")
    assert code == 0 and b"STOPPED" in seen, seen


@pytest.mark.parametrize("arguments", [["stop", "--yes"], ["stop", "--json"], ["quiet"], ["wake"]])
def test_no_other_action_asks(sandbox, arguments):
    action, *more = arguments
    code, seen = at_a_terminal(sandbox, *flags(action), "--here", *more, typed=b"n\n")
    assert code == 0 and QUESTION not in seen, seen


def test_without_a_terminal_it_does_not_ask(sandbox):
    ended = snow_white(sandbox, *flags("stop"), "--here")
    assert ended.code == 0 and QUESTION.decode() not in ended.out, ended


def test_the_reason_is_the_tasks_tag(sandbox, client):
    ended = snow_white(sandbox, *flags("wake"), "--wait", "--reason", "release 7; é")
    assert ended.code == 0, ended
    task = ended.out.partition("task ")[2].split()[0]
    [described] = client("ecs").describe_tasks(cluster="snow-white", tasks=[task], include=["TAGS"])["tasks"]
    assert described["tags"] == [{"key": "snow-white:stack", "value": "snow-white"}, {"key": "reason", "value": "release 7_ _"}]
