"""Runs a program to its end: ours as a person or as the container would, and programs that are not
ours.

In: a command line and the whole environment. Out: exit code, both outputs, duration. Every output
is also kept under build/test-logs/, and a failure names it."""

import os
import pathlib
import subprocess
import time

from clients import VENV_BIN
from sandbox_process import LOGS, PROGRAM, clean_environment

HERE = pathlib.Path(__file__).resolve().parent
# What the container's environment has from the task definition, before the override of a launch;
# see mission.md.
CONTAINER = {"EB_ENV_NAME_PATTERN_STRING": "workers", "AWS_REGION": "us-east-1", "ECS_CLUSTER_REGION": "us-east-1",
             "CFN_STACK_NAME": "snow-white", "QUIET_COMMAND_LOGICAL_NAME": "QuietSideKiqDocument",
             "WAKE_COMMAND_LOGICAL_NAME": "WakeSideKiqDocument", "STOP_COMMAND_LOGICAL_NAME": "StopSideKiqDocument",
             "NOTIFY_SLACK_CHANNEL": "#deploys"}


class Finished:
    def __init__(self, command, code, out, err, seconds, log):
        self.command, self.code, self.out, self.err, self.seconds, self.log = command, code, out, err, seconds, log

    @property
    def text(self):
        return self.out + self.err

    def __repr__(self):
        return (f"{' '.join(map(str, self.command))}: exit code {self.code} after {self.seconds:.1f} s; log {self.log}\n"
                f"--- stdout\n{self.out[-3000:]}\n--- stderr\n{self.err[-3000:]}")


class Running:
    """A running program, whose outputs go to files."""

    def __init__(self, command, environment):
        LOGS.mkdir(parents=True, exist_ok=True)
        name = os.environ.get("PYTEST_CURRENT_TEST", "program").rpartition("::")[2].partition(" ")[0]
        safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[:80]
        self.log = LOGS / f"{safe}-{time.monotonic_ns()}.out"
        self.command, self.begun = command, time.monotonic()
        with open(self.log, "w") as out, open(self.log.with_suffix(".err"), "w") as err:
            self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                            env=environment, cwd=LOGS)

    def output(self):
        return self.log.read_text(errors="replace"), self.log.with_suffix(".err").read_text(errors="replace")

    def wait(self, seconds=60):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = "killed, it did not end"
        return Finished(self.command, code, *self.output(), time.monotonic() - self.begun, self.log)

    def wait_for_output(self, text, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            if text in "".join(self.output()):
                return
            time.sleep(0.05)
        raise AssertionError(f"wanted {text!r} in the output, seen {self.wait(0.1)!r}")


def run(command, environment, seconds=60):
    return Running(command, environment).wait(seconds)


def snow_white(sandbox, *arguments, seconds=60, **environment):
    """The environment of a person after `eval` of the sandbox's export lines. No static keys: -f
    decides."""
    return run([PROGRAM, *arguments], at_the_prompt(sandbox, **environment), seconds)


# A PATH with as much of the AWS CLI's version 2 as we need: see aws_v2/aws.
WITH_AWS_V2 = f"{HERE / 'aws_v2'}:{VENV_BIN}:/usr/bin:/bin"


def at_the_prompt(sandbox, **environment):
    keys = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    variables = sandbox.environment(**keys | environment)
    return {k: v for k, v in variables.items() if v is not None}


def container_environment(url, webhook="", action="quiet", **more):
    """The environment of the container, and nothing else: no HOME, no files, no keys, only where to
    request them."""
    return CONTAINER | {"WORKER_ACTION": action, "EB_APP_NAME": "acme", "AWS_ENDPOINT_URL": url,
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/keys",
                        "SLACK_WEBHOOK": webhook, "PATH": "/usr/bin:/bin"} | more


def boto3_quiet(environment, *arguments, seconds=90):
    return run([VENV_BIN / "python", HERE / "boto3_quiet.py", *arguments], environment, seconds)


def cli_quiet(environment, *arguments, seconds=90):
    path = f"{VENV_BIN}:{environment.get('PATH', '/usr/bin:/bin')}"
    return run(["sh", HERE / "cli_quiet.sh", *arguments], environment | {"PATH": path}, seconds)


def client_environment(url):
    """The environment of another client with the small AWS."""
    return clean_environment(AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="AKIDSMALLAWS", AWS_SECRET_ACCESS_KEY="small-secret",
                             AWS_DEFAULT_REGION="us-east-1", AWS_REGION="us-east-1")
