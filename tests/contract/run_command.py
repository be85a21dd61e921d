"""What the tests of SSM Run Command share: the documents, the instances, and waiting for a command's end."""

import time

import pytest

from clients import post

TAG = "tag:elasticbeanstalk:environment-name"
LOGICAL = ("QuietSideKiqDocument", "WakeSideKiqDocument", "StopSideKiqDocument", "StatusSideKiqDocument")
OVER = ("Success", "Cancelled", "TimedOut", "Failed")
UNKNOWN_COMMAND = "01234567-89ab-cdef-0123-456789abcdef"
WAIT_SECONDS = 40  # for what takes some three seconds; the machine is shared


@pytest.fixture(scope="module")
def ssm(client):
    return client("ssm")


@pytest.fixture(scope="module")
def documents(client):
    """{"quiet": the physical name of its document, …}"""
    names = [client("cloudformation").describe_stack_resource(StackName="snow-white", LogicalResourceId=n)
             ["StackResourceDetail"]["PhysicalResourceId"] for n in LOGICAL]
    return dict(zip(("quiet", "wake", "stop", "status"), names))


@pytest.fixture(scope="module")
def ids_of(client):
    def find(environment):
        found = client("elasticbeanstalk").describe_environment_resources(EnvironmentName=environment)
        return [i["Id"] for i in found["EnvironmentResources"]["Instances"]]
    return find


@pytest.fixture(scope="module")
def wait(ssm, sandbox):
    """wait(command id) is the command when it is over."""
    def until_over(command_id):
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            [command] = ssm.list_commands(CommandId=command_id)["Commands"]
            if command["Status"] in OVER:
                return command
            time.sleep(0.2)
        raise AssertionError(f"wanted {command_id} over within {WAIT_SECONDS} s, seen {command}. {sandbox.where()}")
    return until_over


def refused(sandbox, action, parameters, *codes):
    answer = post(sandbox, "ssm", action, parameters)
    assert answer.status == 400 and answer.code in codes, f"wanted 400 {codes}, seen {answer!r}. {sandbox.where()}"
    return answer
