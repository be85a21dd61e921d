"""Least privilege, in both directions: the template grants what runs really needed, as the
sandbox's journal shows call by call, and nothing more. The sandbox refuses what is not granted, so
a successful run had all that it needed."""

import configparser
import time

import pytest

from clients import make_client
from operator_flags import TASK, flags
from programs import snow_white
from permissions import Recorder, withhold
from stack_template import actions_of

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--drain", "2s"]
WEBHOOK = "/services/T0SANDBOX/B0SANDBOX/secret"


def run_all_actions(sandbox, caller, *way, **environment):
    """Every action, a second quiet that adopts a command or finds all quiet, and one run without
    EC2, for the way around it."""
    runs = [snow_white(sandbox, *flags(action), *way, **environment)
            for action in ("quiet", "quiet", "wake", "stop", "wake")]
    withhold(sandbox, caller, "ec2:DescribeInstances")
    runs.append(snow_white(sandbox, *flags("quiet"), *way, **environment))
    withhold(sandbox, caller)
    runs.append(snow_white(sandbox, *flags("wake"), *way, **environment))
    failed = [run for run in runs if run.code != 0]
    assert not failed, f"{failed!r}\n{sandbox.where()}"
    return runs


@pytest.fixture(scope="module")
def launched(sandbox, task_role):
    """All of it by tasks, followed with --wait by alice, who runs a dry run first and then types
    the line that the launch printed."""
    alice, task = Recorder(sandbox, "user/alice"), Recorder(sandbox, task_role)
    for action in ("quiet", "wake", "stop"):
        looked = snow_white(sandbox, *flags(action), "--dry-run")
        assert looked.code == 0, f"{looked!r}\n{sandbox.where()}"
    asked = snow_white(sandbox, *flags("status"))
    assert asked.code == 0, f"{asked!r}\n{sandbox.where()}"
    first = run_all_actions(sandbox, task_role, "--wait", "--reason", "a rehearsal")[0]
    keys = configparser.ConfigParser()
    keys.read(sandbox.exports["AWS_SHARED_CREDENTIALS_FILE"])
    logs = make_client(sandbox, "logs", aws_access_key_id=keys["staging"]["aws_access_key_id"],
                       aws_secret_access_key=keys["staging"]["aws_secret_access_key"])
    stream = "snow-white/snow-white/" + TASK.search(first.out)[1]
    # `aws logs tail` of the AWS CLI, version 2, makes this call (its tailing loop makes no other).
    assert logs.filter_log_events(logGroupName="/ecs/snow-white", logStreamNames=[stream])["events"]
    return alice, task


def test_the_task_is_granted_what_it_needed_and_nothing_more(launched):
    _, task = launched
    needed, granted = task.permissions(), actions_of("TaskRole")
    assert needed - granted == set(), "the sandbox let something through"
    assert granted - needed == set(), "granted to the task, but never needed"


def test_an_operator_who_launches_is_granted_what_they_needed_and_nothing_more(launched):
    alice, _ = launched
    # Called only where something is missing (test_requests_of_program.py).
    missing = {"ec2:DescribeVpcEndpoints", "iam:GetInstanceProfile"}
    assert alice.permissions() == actions_of("OperatorPolicy") | actions_of("PreflightPolicy") - missing


def test_only_withheld_permissions_were_refused(launched):
    refused = {(e["service"], e["action"]) for who in launched for e in who.calls() if "enied" in (e["error"] or "")
               or e["error"] == "UnauthorizedOperation"}
    assert refused == {("ec2", "DescribeInstances")}


def test_an_operator_who_stays_here_is_granted_what_they_needed_and_nothing_more(sandbox, launched):
    alice = Recorder(sandbox, "user/alice")
    run_all_actions(sandbox, "user/alice", "--here", SLACK_WEBHOOK=sandbox.url + WEBHOOK, NOTIFY_SLACK_CHANNEL="#deploys")
    assert alice.permissions() == actions_of("MonitorPolicy")


def test_an_operator_who_cancels_is_granted_what_they_needed_and_nothing_more(start_sandbox):
    sandbox = start_sandbox(*SANDBOX_ARGUMENTS[:-1], "10m")
    started = snow_white(sandbox, *flags("quiet"))
    deadline = time.monotonic() + 30
    while not sandbox.calls("ssm", "SendCommand") and time.monotonic() < deadline:
        time.sleep(0.1)
    alice = Recorder(sandbox, "user/alice")
    cancelled = snow_white(sandbox, *flags("quiet"), "--cancel")
    assert (started.code, cancelled.code) == (0, 0), f"{cancelled!r}\n{sandbox.where()}"
    sandbox.post("faults", ["ssm:SendCommand=throttled"])
    again = snow_white(sandbox, *flags("wake"))
    stopped = snow_white(sandbox, *flags("wake"), "--cancel", seconds=180)
    assert (again.code, stopped.code) == (0, 0) and "stopped task" in stopped.out, f"{stopped!r}\n{sandbox.where()}"
    assert actions_of("CancelPolicy") <= alice.permissions() <= actions_of("CancelPolicy") | actions_of("OperatorPolicy")
