"""Starts a sandbox with booted instances, runs ./snow-white.sh against it, and takes it down.

In: the environments, a folder for the logs. A failure is an AssertionError that says what was
expected and what was seen. Needs root (or sudo) and a built checkout.
"""

import atexit
import fcntl
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import termios
import urllib.request

from ledger import Ledger

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("SNOW_WHITE_BIN", ROOT / "build/dev/bin"))
SANDBOX = BIN / "snow-white-sandbox"


# src/report/terminal/alternate_screen.cpp writes these around each complete picture.
OTHER_SCREEN, OWN_SCREEN, FIRST_LINE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l", "\x1b[1;1H"


def picture_of(frame):
    return re.sub(r"\x1b\[[KJ]", "", re.sub(r"\x1b\[\d+;1H", "\n", frame)).rstrip("\n").split("\n")


def read_to_the_end(terminal):
    seen = b""
    while True:
        try:
            seen += os.read(terminal, 65536)
        except OSError:  # nobody has it open for writing any more
            os.close(terminal)
            return seen


def root_command(*command):
    return list(command) if os.geteuid() == 0 else ["sudo", "--preserve-env=NO_COLOR", *command]


class BootedSandbox:
    def __init__(self, environments, logs, *more):
        """more: further options of `up`."""
        self.logs = logs
        logs.mkdir(parents=True, exist_ok=True)
        self.log = logs / "sandbox.log"
        self.earlier = self.task_logs()
        command = root_command(str(SANDBOX), "up", "--log", str(logs / "tasks"), *more)
        for environment in environments:
            command += ["--environment", environment]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
        atexit.register(self.take_down)
        self.exports = self.read_exports()
        if "SNOW_WHITE_REDIS_PORT" not in self.exports:
            raise AssertionError(f"wanted a sandbox with booted instances; it ended with exit code {self.process.wait()}; "
                                 f"the log is {self.log}")
        self.environment = os.environ | self.exports | {"PATH": f"{BIN}:{os.environ['PATH']}"}
        self.url = self.exports["AWS_ENDPOINT_URL"]
        self.ledger = Ledger(self.exports["SNOW_WHITE_REDIS_PORT"], self.exports["REDISCLI_AUTH"])
        self.redis_url = f"redis://:{self.exports['REDISCLI_AUTH']}@127.0.0.1:{self.exports['SNOW_WHITE_REDIS_PORT']}/0"

    def read_exports(self):
        exports = {}
        for line in self.process.stdout:
            name, value = re.fullmatch(r"export (\w+)='(.*)'\n", line).groups()
            exports[name] = value
            if name == "SNOW_WHITE_SANDBOX_PID":
                break
        return exports

    def take_down(self):
        if self.process.poll() is not None:
            return
        pid = getattr(self, "exports", {}).get("SNOW_WHITE_SANDBOX_PID", str(self.process.pid))
        subprocess.run(root_command("kill", "-TERM", pid), check=False)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            subprocess.run(root_command("kill", "-KILL", pid), check=False)
            print(f"the sandbox did not end within 60 s of SIGTERM; the log is {self.log}", file=sys.stderr)

    def read(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read().decode()

    def get(self, path):
        return json.loads(self.read(path))

    def page(self):
        """The page at `/` as it is now, to be kept: its script is given what it would fetch."""
        answers = {path: self.get(path) for path in ("/_sandbox/fleet", "/_sandbox/slack")}
        kept = json.dumps(answers).replace("<", "\\u003c")
        fetch = f"window.fetch = async path => ({{json: async () => ({kept})[path]}});"
        return self.read("/").replace("<script>", f"<script>{fetch}</script>\n<script>", 1)

    def workers(self, environment):
        """The workers of environments whose names begin with `environment`, as reported."""
        return [worker for seen in self.get("/_sandbox/fleet")["environments"] if seen["name"].startswith(environment)
                for instance in seen["instances"] for worker in instance["workers"]]

    def hosts(self, environment):
        """The host names of these environments' instances."""
        return [instance["hostname"] for seen in self.get("/_sandbox/fleet")["environments"]
                if seen["name"].startswith(environment) for instance in seen["instances"]]

    def sent_commands(self):
        """The bodies of the SendCommand requests so far."""
        return [json.loads(seen["body"]) for seen in self.get("/_sandbox/requests") if seen["action"] == "SendCommand"]

    def command_line(self, action, pattern="workers"):
        return ["./snow-white.sh", "-a", action, "-e", pattern, "-f", "staging", "-p", "acme", "-r", "us-east-1"]

    def snow_white(self, action, *more, on_line=lambda line: None, pattern="workers"):
        """Runs snow-white.sh to its end. Returns the exit code and the lines."""
        run = subprocess.Popen([*self.command_line(action, pattern), *more], cwd=ROOT, env=self.environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        lines = []
        for line in run.stdout:
            lines.append(line.rstrip("\n"))
            on_line(lines[-1])
        return run.wait(), lines

    def task_logs(self):
        return set((self.logs / "tasks").glob("task-*.log"))

    def check_logs(self, *more):
        """Checks the log of each task of this run, and the files `more`, with snow-white-check.
        Returns the exit code and the lines."""
        done = subprocess.run([BIN / "snow-white-check", *sorted(self.task_logs() - self.earlier), *more],
                              capture_output=True, text=True, check=False)
        return done.returncode, (done.stdout + done.stderr).splitlines()

    def on_a_terminal(self, action, *more, columns, rows, **environment):
        """The same on a terminal of that size. Returns the exit code, the lines before the progress
        screen, its pictures (each a list of lines) and the lines after it."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        variables = {name: value for name, value in self.environment.items() if name != "CI"}
        run = subprocess.Popen([*self.command_line(action), *more], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
                               env=variables | {"TERM": "xterm-256color"} | environment)
        os.close(theirs)
        seen = read_to_the_end(ours).decode().replace("\r\n", "\n")
        before, _, seen = seen.partition(OTHER_SCREEN)
        view, _, after = seen.partition(OWN_SCREEN)
        return run.wait(), before.splitlines(), [picture_of(frame) for frame in view.split(FIRST_LINE)[1:]], after.splitlines()
