"""A caller without one permission gets AWS's error, and the run reports it: exit code 6 and Slack;
or does without."""

import pytest

from operator_flags import flags, states
from programs import snow_white
from permissions import Recorder, withhold
from stack_template import actions_of

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--drain", "1s"]


@pytest.fixture
def lacking(sandbox):
    """lacking(caller, action…) takes permissions away until the test's end."""
    callers = []

    def take(caller, *actions):
        callers.append(caller)
        withhold(sandbox, caller, *actions)
    yield take
    for caller in callers:
        withhold(sandbox, caller)


# What a task does without one permission: (exit code, text of the report). The first five end it;
# without the others it does what it can and reports what it could not see.
WITHOUT = {
    "ssm:SendCommand": (6, "ssm:SendCommand"),
    "cloudformation:DescribeStackResource": (6, "cloudformation:DescribeStackResource"),
    "elasticbeanstalk:DescribeEnvironments": (6, "elasticbeanstalk:DescribeEnvironments"),
    "ssm:ListCommandInvocations": (6, "ssm:ListCommandInvocations"),
    "ssm:ListCommands": (6, "ssm:ListCommands"),
    "ssm:DescribeInstanceInformation": (0, "QUIET"),
    "ec2:DescribeInstances": (0, "QUIET"),
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


# A dry run and reading the log are optional: a launch does without. test_dry_run.py takes these
# permissions from a --dry-run.
A_HELP = {"cloudformation:DescribeStackResource", "ec2:DescribeInstances", "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets", "ecs:DescribeClusters", "elasticbeanstalk:DescribeEnvironments", "logs:FilterLogEvents",
          "logs:GetLogEvents", "ssm:DescribeInstanceInformation", "ssm:GetDocument", "ssm:ListCommands"}

# of the read-only document: a launch sends none
FOR_STATUS = {"ssm:SendCommand", "ssm:ListCommandInvocations"}


@pytest.mark.parametrize("action", sorted(actions_of("OperatorPolicy")))
def test_an_operator_who_lacks_one_right(sandbox, lacking, action):
    """Without the other permissions nothing is started."""
    lacking("user/alice", action)
    done = snow_white(sandbox, *(flags("status") if action in FOR_STATUS else [*flags("wake"), "--wait", "--reason", "a tag"]))
    if action in A_HELP:
        assert done.code == 0, repr(done)
    else:
        assert done.code == 6 and action in done.err, repr(done)
