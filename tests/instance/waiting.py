"""What the script costs the host while it waits: processes that it starts, and its share of a
core."""

import collections
import pathlib
import signal
import subprocess
import time

from booted import wait_for

Cost = collections.namedtuple("Cost", "processes share")  # share: of a core, 0 to 1

# The PID of the youngest process, as a process of the namespace sees it: each new process takes the
# next.
YOUNGEST = r"""$| = 1; while (<STDIN>) { open F, '/proc/loadavg'; print((split ' ', <F>)[4], "\n") }"""


def processes_of(namespace, action):
    """How many processes one run of the script takes, including its own and the one that enters the
    namespace."""
    observer = namespace.begin("perl", "-e", YOUNGEST, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1)
    first = _youngest(observer)
    namespace.run(action)
    last = _youngest(observer)
    observer.stdin.close()
    observer.wait()
    return last - first


def measure(namespace, seconds):
    """A quiet in a namespace where one worker runs a job for longer than the measurement. The
    processes until it settles are not counted."""
    observer = namespace.begin("perl", "-e", YOUNGEST, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1)
    quieting = namespace.begin("sh", namespace.script, "quiet", stdout=subprocess.PIPE)
    shell = wait_for("the script", lambda: _descendant(quieting.pid), 10)
    time.sleep(35)
    first, used = _look(observer, shell)
    time.sleep(seconds)
    last, used_in_all = _look(observer, shell)
    assert quieting.poll() is None, "the quiet ended while it was measured"
    quieting.send_signal(signal.SIGKILL)
    observer.stdin.close()
    return Cost(last - first, (used_in_all - used) / 1e9 / seconds)


def _descendant(pid):
    """nsenter -p has the script as its child."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else None


def _youngest(observer):
    observer.stdin.write("\n")
    observer.stdin.flush()
    return int(observer.stdout.readline())


def _look(observer, shell):
    """-> the youngest process's PID, and the script's processor time in ns."""
    return _youngest(observer), int(pathlib.Path(f"/proc/{shell}/schedstat").read_text().split()[0])
