"""Least privilege, both ways: what runs really needed, as the sandbox noted it call by call, is what the template
grants, and nothing more. The sandbox refuses what is not granted, so a run that ended well had all of it."""

import configparser
import json
import urllib.request

import pytest

from clients import make_client
from operator_at_work import TASK, flags, states
from programs import snow_white
from stack_template import actions_of

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--drain", "2s"]
WEBHOOK = "/services/T0SANDBOX/B0SANDBOX/secret"


class Recorder:
    """What a caller did since it was last asked."""

    def __init__(self, sandbox, caller):
        self.sandbox, self.caller, self.seen = sandbox, caller, len(sandbox.look("stats")["timeline"])

    def calls(self):
        return [e for e in self.sandbox.look("stats")["timeline"][self.seen:] if e["caller"].startswith(self.caller)]

    def permissions(self):
        return {p for e in self.calls() for p in e["permissions"]}


def withhold(sandbox, caller, *actions):
    request = urllib.request.Request(sandbox.url + "/_sandbox/withhold", method="POST",
                                     data=json.dumps({"caller": caller, "actions": actions}).encode())
    urllib.request.urlopen(request, timeout=20).close()


@pytest.fixture(scope="module")
def task_role(client):
    found = client("cloudformation").describe_stack_resource(StackName="snow-white", LogicalResourceId="TaskRole")
    return "role/" + found["StackResourceDetail"]["PhysicalResourceId"]


@pytest.fixture
def lacking(sandbox):
    """lacking(caller, action…) takes rights away until the test's end."""
    callers = []

    def take(caller, *actions):
        callers.append(caller)
        withhold(sandbox, caller, *actions)
    yield take
    for caller in callers:
        withhold(sandbox, caller)


def run_all_actions(sandbox, caller, *way, **environment):
    """Every action, a second quiet that joins or finds all quiet, and one run without EC2, for the way around it."""
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
    """All of it by tasks, watched with --wait by alice, who then types the line that the launch printed."""
    alice, task = Recorder(sandbox, "user/alice"), Recorder(sandbox, task_role)
    first = run_all_actions(sandbox, task_role, "--wait")[0]
    keys = configparser.ConfigParser()
    keys.read(sandbox.exports["AWS_SHARED_CREDENTIALS_FILE"])
    logs = make_client(sandbox, "logs", aws_access_key_id=keys["staging"]["aws_access_key_id"],
                       aws_secret_access_key=keys["staging"]["aws_secret_access_key"])
    stream = "snow-white/snow-white/" + TASK.search(first.out)[1]
    # `aws logs tail` of the AWS CLI, version 2, is this call (its tailing loop has no other).
    assert logs.filter_log_events(logGroupName="/ecs/snow-white", logStreamNames=[stream])["events"]
    return alice, task


def test_the_task_is_granted_what_it_needed_and_nothing_more(launched):
    _, task = launched
    needed, granted = task.permissions(), actions_of("TaskRole")
    assert needed - granted == set(), "the sandbox let something through"
    assert granted - needed == set(), "granted to the task, but never needed"


def test_an_operator_who_launches_is_granted_what_they_needed_and_nothing_more(launched):
    alice, _ = launched
    assert alice.permissions() == actions_of("OperatorPolicy")


def test_nothing_was_refused_to_either_but_what_was_taken_away(launched):
    refused = {(e["service"], e["action"]) for who in launched for e in who.calls() if "enied" in (e["error"] or "")
               or e["error"] == "UnauthorizedOperation"}
    assert refused == {("ec2", "DescribeInstances")}


def test_an_operator_who_stays_here_is_granted_what_they_needed_and_nothing_more(sandbox, launched):
    alice = Recorder(sandbox, "user/alice")
    run_all_actions(sandbox, "user/alice", "--here", SLACK_WEBHOOK=sandbox.url + WEBHOOK, NOTIFY_SLACK_CHANNEL="#deploys")
    assert alice.permissions() == actions_of("MonitorPolicy")


# What a task does that lacks one right: (exit code, what the report says). The first five end it; without the others
# it does what it can and says what it could not see.
WITHOUT = {
    "ssm:SendCommand": (6, "ssm:SendCommand"),
    "cloudformation:DescribeStackResource": (6, "cloudformation:DescribeStackResource"),
    "elasticbeanstalk:DescribeEnvironments": (6, "elasticbeanstalk:DescribeEnvironments"),
    "ssm:ListCommandInvocations": (6, "ssm:ListCommandInvocations"),
    "ssm:ListCommands": (6, "ssm:ListCommands"),
    "ssm:DescribeInstanceInformation": (0, "QUIET"),
    "ec2:DescribeInstances": (0, "QUIET"),
    "elasticbeanstalk:DescribeEnvironmentResources": (0, "QUIET"),
    "ecs:DescribeTasks": (0, "QUIET"),
    "iam:ListUserTags": (0, "QUIET"),
}


def test_every_right_of_the_task_is_in_that_table():
    assert set(WITHOUT) == actions_of("TaskRole")


@pytest.mark.parametrize("action", WITHOUT)
def test_a_task_that_lacks_one_right_says_so(sandbox, task_role, lacking, action):
    lacking(task_role, action)
    task, before = Recorder(sandbox, task_role), len(sandbox.look("slack"))
    code, words = WITHOUT[action]
    done = snow_white(sandbox, *flags("quiet"), "--wait")
    assert done.code == code, f"{done!r}\n{sandbox.where()}"
    said = [m["text"] for m in sandbox.look("slack")[before:] if m["channel"].startswith("#")]
    assert said and words in said[-1], said
    assert action not in task.permissions()
    if code == 6:
        assert any("enied" in (e["error"] or "") for e in task.calls()) and "not authorized to perform" in said[-1]
    snow_white(sandbox, *flags("wake"), "--here")
    assert states(sandbox, "acme-Workers") == {"running"}


@pytest.mark.parametrize("action", sorted(actions_of("OperatorPolicy")))
def test_an_operator_who_lacks_one_right(sandbox, lacking, action):
    """Looking first and reading along are a help; without the rest nothing is started."""
    lacking("user/alice", action)
    done = snow_white(sandbox, *flags("wake"), "--wait")
    if action in ("elasticbeanstalk:DescribeEnvironments", "logs:GetLogEvents", "logs:FilterLogEvents"):
        assert done.code == 0, repr(done)
    else:
        assert done.code == 6 and action in done.err, repr(done)
