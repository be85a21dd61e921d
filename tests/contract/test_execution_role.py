"""What ECS does under the execution role before the container runs: granted, needed, and the error
of a missing permission."""

import re

import pytest

from operator_flags import flags
from programs import snow_white
from permissions import Recorder, withhold
from stack_template import actions_of

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=1", "--simulated", "--drain", "1s"]
# ECS's reason for a task that could not start.
WITHOUT = {
    "secretsmanager:GetSecretValue": "ResourceInitializationError: unable to pull secrets or registry auth: .* from asm",
    "ecr:GetAuthorizationToken": "ResourceInitializationError: unable to pull secrets or registry auth: .* ecr registry auth",
    "ecr:BatchGetImage": "CannotPullContainerError: ",
    "ecr:BatchCheckLayerAvailability": "CannotPullContainerError: ",
    "ecr:GetDownloadUrlForLayer": "CannotPullContainerError: ",
    "logs:CreateLogStream": "ResourceInitializationError: failed to validate logger args: create stream",
}
SILENT = {"logs:PutLogEvents"}


@pytest.fixture(scope="module")
def role(client):
    found = client("cloudformation").describe_stack_resource(StackName="snow-white", LogicalResourceId="ExecutionRole")
    return "role/" + found["StackResourceDetail"]["PhysicalResourceId"]


def test_every_right_of_the_role_is_tried_here():
    assert WITHOUT.keys() | SILENT == actions_of("ExecutionRole")


def test_it_is_granted_what_it_needs_and_nothing_more(sandbox, role):
    ecs = Recorder(sandbox, role)
    done = snow_white(sandbox, *flags("wake"), "--wait")
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    assert ecs.permissions() == actions_of("ExecutionRole")


@pytest.mark.parametrize("action", WITHOUT)
def test_a_task_that_cannot_be_started_says_why(sandbox, client, role, action):
    before = sandbox.calls("ssm", "SendCommand")
    withhold(sandbox, role, action)
    done = snow_white(sandbox, *flags("wake"), "--wait")
    withhold(sandbox, role)
    assert done.code == 4 and action in done.err and len(done.err.splitlines()) == 1, repr(done)
    [arn] = client("ecs").list_tasks(cluster="snow-white", desiredStatus="STOPPED")["taskArns"][-1:]
    [task] = client("ecs").describe_tasks(cluster="snow-white", tasks=[arn])["tasks"]
    assert task["stopCode"] == "TaskFailedToStart" and "exitCode" not in task["containers"][0], task
    assert re.match(WITHOUT[action], task["stoppedReason"]), task
    assert sandbox.calls("ssm", "SendCommand") == before, "the container never ran"


def test_without_log_permission_the_task_runs_without_log(sandbox, role):
    withhold(sandbox, role, *SILENT)
    done = snow_white(sandbox, *flags("wake"), "--wait")
    withhold(sandbox, role)
    assert done.code == 0 and "AWAKE" not in done.out, repr(done)
