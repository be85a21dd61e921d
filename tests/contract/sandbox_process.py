"""One `snow-white-sandbox up`, as a user starts it: by its command line, its export lines and its
signals.

In: the arguments of `up`. Out: its exports, its /_sandbox pages, its end. Every failure names the
log. The binaries come from SNOW_WHITE_BIN (default: build/dev/bin); the logs go to
build/test-logs/."""

import json
import os
import pathlib
import re
import select
import signal
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("SNOW_WHITE_BIN", ROOT / "build/dev/bin")).resolve()
PROGRAM, SANDBOX = BIN / "snow-white", BIN / "snow-white-sandbox"
AS_CONTAINER = BIN.parent / "container/snow-white"  # the same program, as the task runs it
LOGS = ROOT / "build/test-logs"
EXPORT = re.compile(r"^export ([A-Za-z_][A-Za-z0-9_]*)='([^']*)'$")
START_SECONDS, STOP_SECONDS = 30, 20  # generous: the machine is shared
WANTED_EXPORTS = {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION",
                  "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "ECS_CLUSTER_REGION", "ECS_CLUSTER_NAME", "vpc_id",
                  "subnet_id", "sec_group", "SNOW_WHITE_SANDBOX_PID"}


def clean_environment(**more):
    """This process's environment without anything that AWS clients or Snow White would read."""
    kept = {k: v for k, v in os.environ.items()
            if not k.startswith(("AWS_", "ECS_", "SLACK_", "SNOW_WHITE_SANDBOX", "WORKER_", "EB_", "SIDEKIQ_"))
            and k.lower() not in ("http_proxy", "https_proxy", "all_proxy", "vpc_id", "subnet_id", "sec_group")}
    # No instance metadata and no files of the person who runs the tests.
    return kept | {"AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "HOME": str(LOGS)} | more


class SandboxProcess:
    def __init__(self, name, *arguments):
        LOGS.mkdir(parents=True, exist_ok=True)
        self.log = LOGS / f"{name}.log"
        self.task_logs = LOGS / f"{name}-tasks"
        self.command = [str(SANDBOX), "up", "--log", str(self.task_logs), *arguments]
        self.exports = {}
        self.process = None
        self.stopped = False

    def start(self):
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=log, cwd=ROOT,
                                            env=clean_environment(), start_new_session=True)
        os.set_blocking(self.process.stdout.fileno(), False)
        text, deadline = "", time.monotonic() + START_SECONDS
        # It is ready when the last of the documented lines is printed; the pipe may stay open and
        # silent after that.
        while not WANTED_EXPORTS <= self.exports.keys():
            if time.monotonic() > deadline or self.process.poll() is not None:
                missing = ", ".join(sorted(WANTED_EXPORTS - self.exports.keys()))
                end = self.process.poll()
                self.kill()
                raise AssertionError(f"wanted export lines of {' '.join(self.command)}; still missing after "
                                     f"{START_SECONDS} s (exit code {end}): {missing}. Seen: {text!r}. {self.where()}")
            select.select([self.process.stdout], [], [], 0.1)
            text += (self.process.stdout.read() or b"").decode()
            complete = text[:text.rfind("\n") + 1].splitlines()
            self.exports = dict(m.groups() for m in map(EXPORT.match, complete) if m)
        self.stdout = text
        return self

    def where(self):
        tail = self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""
        return f"Its log is {self.log} and ends:\n{tail}"

    def environment(self, **more):
        """The environment of a client after `eval "$(snow-white-sandbox up …)"`."""
        return clean_environment(**self.exports | more)

    @property
    def url(self):
        return self.exports["AWS_ENDPOINT_URL"]

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return answer.read().decode()

    def look(self, what):
        """The JSON of one of the sandbox's own pages: stats, slack, requests, fleet, shapes."""
        return json.loads(self.get("/_sandbox/" + what))

    def post(self, what, value):
        """Posts to one of the sandbox's own pages: slack/fail, withhold, faults."""
        request = urllib.request.Request(self.url + "/_sandbox/" + what, method="POST", data=json.dumps(value).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read().decode()

    def fail_slack(self, status, times, **more):
        self.post("slack/fail", {"status": status, "times": times, **more})

    def calls(self, service, action):
        return self.look("stats")["calls"].get(service, {}).get(action, 0)

    def family(self):
        """Every process of the sandbox that still runs, itself included, as {pid: command line}:
        those of its session, and those that were started with its endpoint in the environment (its
        tasks)."""
        found = {}
        for directory in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                state, _, _, session = directory.joinpath("stat").read_text().rpartition(")")[2].split()[:4]
                environment = directory.joinpath("environ").read_bytes()
                command = directory.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue  # it has ended meanwhile
            ours = self.exports.get("AWS_ENDPOINT_URL", "no endpoint").encode() + b"\0" in environment
            if state != "Z" and (ours or session == str(self.process.pid)):
                found[int(directory.name)] = command
        return found

    def stop(self, with_signal=signal.SIGTERM):
        """Stops the sandbox and checks that it exits with 0 and leaves nothing behind."""
        self.stopped = True
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"wanted the sandbox to end after {with_signal!r}; it still ran after "
                                 f"{STOP_SECONDS} s. {self.where()}") from None
        left = self.family()
        self.kill()
        assert code == 0, f"wanted exit code 0 after {with_signal!r}, seen {code}. {self.where()}"
        assert not left, f"wanted no process left, seen {left}. {self.where()}"
        directory = pathlib.Path(self.exports["AWS_CONFIG_FILE"]).parent
        assert not directory.exists(), f"wanted {directory} gone, it is still there. {self.where()}"

    def kill(self):
        """Kills, by ID, what a failed test would leave behind; does nothing when there is
        nothing."""
        if self.process is None:
            return
        for pid in self.family():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.process.stdout.close()
