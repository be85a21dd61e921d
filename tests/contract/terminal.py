"""A program on a terminal: a real pty, and an independent terminal emulator in memory (pyte)."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

import pyte

from operator_flags import flags
from programs import at_the_prompt, snow_white
from sandbox_process import PROGRAM

HIDE, SHOW, ENTER, LEAVE = b"\x1b[?25l", b"\x1b[?25h", b"\x1b[?1049h", b"\x1b[?1049l"


@contextlib.contextmanager
def terminals(sandbox):
    """start(how, columns, lines, **environment) is a quiet on a terminal; all are ended with the
    block."""
    started = []

    def start(how, columns, lines, **environment):
        variables = at_the_prompt(sandbox, **{"TERM": "xterm-256color", "CI": None} | environment)
        started.append(Terminal([PROGRAM, *flags("quiet"), how], variables, columns, lines))
        return started[-1]

    yield start
    for terminal in started:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
    # A command that was left in flight is awaited: a wake leaves busy workers alone.
    assert snow_white(sandbox, *flags("quiet"), "--here").code == 0


def converse(command, environment, question, typed, seconds, output=None):
    """Runs the command on a terminal that is its /dev/tty; `typed` is entered after the question.
    `output`: a file for its standard output. Returns its exit code, and all that it showed."""
    child, terminal = pty.fork()
    if child == 0:
        if output:
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT, 0o600), 1)
        os.execve(command[0], [str(word) for word in command], environment)
    seen, told = b"", False
    while select.select([terminal], [], [], seconds)[0]:
        try:
            seen += os.read(terminal, 1000)
        except OSError:  # the other end is gone
            break
        if question in seen and not told:
            os.write(terminal, typed)
            told = True
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    return code, seen


class Terminal:
    """The program on a pty of that size; its output, raw and as a screen."""

    def __init__(self, command, environment, columns, lines):
        self.screen, self.raw = pyte.Screen(columns, lines), b""
        self.stream = pyte.ByteStream(self.screen)
        self.ours, theirs = pty.openpty()
        self.resize(columns, lines)
        self.process = subprocess.Popen([str(c) for c in command], stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)

    def resize(self, columns, lines):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)

    def read(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not select.select([self.ours], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self.ours, 65536)
            except OSError:  # the last writer has closed it
                return False
            self.raw += data
            self.stream.feed(data)
        return True

    def until(self, text, seconds=40):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.shows(text):
                return
            if not self.read(0.2):
                break
        raise AssertionError(f"wanted {text!r}, seen {self.screen.display}")

    def shows(self, text):
        return any(text in line for line in self.screen.display)

    def end(self, seconds=60):
        deadline = time.monotonic() + seconds
        while self.read(1) and time.monotonic() < deadline:
            pass
        os.close(self.ours)
        return self.process.wait(10)

    @property
    def after(self):
        """What was written to the terminal's normal screen, after the alternate one."""
        return self.raw.rpartition(LEAVE)[2].decode()


def is_restored(raw):
    assert raw.count(ENTER) == raw.count(LEAVE) == raw.count(HIDE) == raw.count(SHOW) == 1
    assert raw.index(HIDE) < raw.index(SHOW) < raw.index(LEAVE)
