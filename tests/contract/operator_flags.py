"""What the tests of the program share: an operator's flags, the sent commands, the fleet's state
before and after."""

import re
import time

TASK = re.compile(r"arn:aws:ecs:us-east-1:123456789012:task/snow-white/([0-9a-f]{32})")
WAKE_SECONDS = 100  # for an action of a moment; the machine is shared


def flags(action="quiet", pattern="Workers", profile="staging", application="acme", region="us-east-1"):
    return ["-a", action, "-e", pattern, "-f", profile, "-p", application, "-r", region]


def sent(sandbox):
    """How many tasks and commands were requested since the sandbox began."""
    return sandbox.calls("ecs", "RunTask") + sandbox.calls("ssm", "SendCommand")


def states(sandbox, environment):
    [found] = [e for e in sandbox.look("fleet")["environments"] if e["name"] == environment]
    return {w["state"] for i in found["instances"] for w in i["workers"]}


def tasks_started_by(client, *arns):
    return [t["startedBy"] for t in client("ecs").describe_tasks(cluster="snow-white", tasks=list(arns))["tasks"]]


def wake(sandbox, client, *environments):
    """Wakes every worker by the wake document alone, without our program."""
    asleep = [name for name in environments if states(sandbox, name) != {"running"}]
    if not asleep:
        return
    document = client("cloudformation").describe_stack_resource(StackName="snow-white", LogicalResourceId="WakeSideKiqDocument")
    deadline = time.monotonic() + WAKE_SECONDS
    while asleep := [name for name in asleep if states(sandbox, name) != {"running"}]:
        assert time.monotonic() < deadline, f"wanted {asleep} awake within {WAKE_SECONDS} s. {sandbox.where()}"
        # Repeatedly: a wake leaves a worker alone that still runs a job.
        client("ssm").send_command(DocumentName=document["StackResourceDetail"]["PhysicalResourceId"], Targets=[
            {"Key": "tag:elasticbeanstalk:environment-name", "Values": asleep}])
        again = time.monotonic() + 5
        while time.monotonic() < again and any(states(sandbox, name) != {"running"} for name in asleep):
            time.sleep(0.1)
