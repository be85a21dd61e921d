"""What the contract tests share: sandboxes (one for each module that needs one), boto3 clients, the
AWS CLI."""

import json
import time

import pytest

from clients import make_client, run_aws
from run_command import LOGICAL, OVER, WAIT_SECONDS
from sandbox_process import AS_CONTAINER, PROGRAM, SANDBOX, SandboxProcess


def pytest_report_header():
    return f"snow-white: {PROGRAM}; sandbox: {SANDBOX}"


@pytest.fixture(scope="session")
def program():
    assert PROGRAM.exists(), f"wanted the program at {PROGRAM}; build it, or set SNOW_WHITE_BIN"
    return str(PROGRAM)


@pytest.fixture(scope="session")
def as_container():
    assert AS_CONTAINER.exists(), f"wanted the program as the task at {AS_CONTAINER}; build it, or set SNOW_WHITE_BIN"
    return str(AS_CONTAINER)


@pytest.fixture(scope="module")
def start_sandbox(request):
    """Starts sandboxes that live until the module's end; each is then stopped and checked for
    leftovers."""
    assert SANDBOX.exists(), f"wanted the sandbox at {SANDBOX}; build it, or set SNOW_WHITE_BIN"
    started = []

    def start(*arguments):
        name = f"{request.module.__name__}-{len(started) + 1}"
        started.append(SandboxProcess(name, *arguments))
        return started[-1].start()

    yield start
    problems = []
    for sandbox in started:
        try:
            if sandbox.exports and not sandbox.stopped:
                sandbox.stop()
        except AssertionError as error:
            problems.append(str(error))
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="module")
def sandbox(request, start_sandbox):
    """The module's own sandbox; the module says with SANDBOX_ARGUMENTS what is in it."""
    return start_sandbox(*request.module.SANDBOX_ARGUMENTS)


@pytest.fixture(scope="module")
def client(sandbox):
    """client("ssm") is a boto3 client of the module's sandbox."""
    made = {}

    def make(service, checked=True, **settings):
        if settings:
            return make_client(sandbox, service, checked, **settings)
        key = (service, checked)
        made[key] = made.get(key) or make_client(sandbox, service, checked)
        return made[key]

    return make


@pytest.fixture(scope="module")
def aws(sandbox):
    """aws("ssm", "list-commands") is the parsed answer; a failure shows the CLI's output."""

    def call(*arguments, **environment):
        done = run_aws(sandbox, *arguments, **environment)
        assert done.returncode == 0, (f"aws {' '.join(arguments)}: exit code {done.returncode}: {done.stderr} "
                                      f"{sandbox.where()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    return call


@pytest.fixture(scope="module")
def aws_fails(sandbox):
    """aws_fails(…) is the CLI's error, and fails when the CLI succeeds."""

    def call(*arguments, **environment):
        done = run_aws(sandbox, *arguments, **environment)
        assert done.returncode != 0, f"aws {' '.join(arguments)}: wanted a failure, seen: {done.stdout}"
        return done.stderr

    return call


# --- SSM Run Command

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


# --- permissions

@pytest.fixture(scope="module")
def task_role(client):
    """The task's role, as the sandbox's journal names a caller."""
    found = client("cloudformation").describe_stack_resource(StackName="snow-white", LogicalResourceId="TaskRole")
    return "role/" + found["StackResourceDetail"]["PhysicalResourceId"]
