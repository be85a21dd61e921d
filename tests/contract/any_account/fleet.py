"""Instances that a run may stop and terminate: those of its own stack, or the sandbox's.

A fleet has: `environment`, `document` (a name), `stop`, `start`, `terminate` and `change_document`,
and the durations that its tests need. `instances` are the IDs of the instances that EC2 shows as
running."""

import json
import time
import urllib.request

import pytest

TAG = "tag:elasticbeanstalk:environment-name"


class Fleet:
    has_imitation = False  # one worker of tests/instance/imitation runs on each instance
    stopped_for = 15 * 60  # longer than the delivery time-out that the program sends with
    delivery_timeout = 600
    watched_for = 15 * 60  # a command expires after the delivery time-out and the run time of its steps
    looks_after_termination = (0, 15, 30, 60, 120, 240, 480)
    look_every, settle = 10, 10  # settle: until SSM has found the targets of a tag

    def __init__(self, account, environment, document, product):
        """`document`: has several steps, may be sent at any time. `product`: the stack of our
        template, or ""."""
        self.account, self.environment, self.document, self.product = account, environment, document, product

    @property
    def by_tag(self):
        return [{"Key": TAG, "Values": [self.environment]}]

    def instances(self, state="running"):
        filters = [{"Name": TAG, "Values": [self.environment]}, {"Name": "instance-state-name", "Values": [state]}]
        found = self.account.call("ec2", "DescribeInstances", {"Filters": filters})
        return [i["InstanceId"] for r in found["Reservations"] for i in r["Instances"]]

    def state_of(self, instance):
        found = self.account.call("ec2", "DescribeInstances", {"InstanceIds": [instance]})
        return found["Reservations"][0]["Instances"][0]["State"]["Name"]

    def is_online(self, instance):
        filters = [{"Key": "InstanceIds", "Values": [instance]}]
        found = self.account.call("ssm", "DescribeInstanceInformation", {"Filters": filters})["InstanceInformationList"]
        return bool(found) and found[0]["PingStatus"] == "Online"

    def send(self, **more):
        """To the instances of the fleet by their IDs, unless `Targets` says otherwise: in the test
        of the tag."""
        if "Targets" not in more:
            more["InstanceIds"] = self.instances()
        sent = self.account.call("ssm", "SendCommand", {"DocumentName": self.document, "DocumentVersion": "$LATEST",
                                                        "Comment": "make contract-aws of Snow White", **more})
        return sent["Command"]["CommandId"]

    def command(self, command_id):
        found = self.account.call("ssm", "ListCommands", {"CommandId": command_id})["Commands"]
        return found[0] if found else {"Status": "Pending", "TargetCount": 0}

    def invocations(self, command_id):
        asked = {"CommandId": command_id, "Details": True}
        return self.account.call("ssm", "ListCommandInvocations", asked)["CommandInvocations"]

    def wait(self, what, holds, seconds):
        """Waits until it holds; a failure says what it waited for."""
        deadline = time.monotonic() + seconds
        while not (seen := holds()):
            assert time.monotonic() < deadline, f"wanted {what} within {seconds} s"
            time.sleep(min(self.look_every, max(0.1, deadline - time.monotonic())))
        return seen

    def wait_for_end(self, command_id, seconds=None):
        def end():
            command = self.command(command_id)
            return command if command["Status"] not in ("Pending", "InProgress", "Cancelling") else None
        return self.wait(f"command {command_id} over", end, seconds or 300)


class SandboxFleet(Fleet):
    """One of the sandbox's environments, and the status document of its stack. The durations are
    short."""
    stopped_for, delivery_timeout, watched_for, looks_after_termination = 1, 30, 20, (0, 2)
    look_every, settle = 0.2, 1

    def __init__(self, account):
        environments = account.call("elasticbeanstalk", "DescribeEnvironments")["Environments"]
        resource = account.call("cloudformation", "DescribeStackResource",
                                {"StackName": "snow-white", "LogicalResourceId": "StatusSideKiqDocument"})
        super().__init__(account, "", resource["StackResourceDetail"]["PhysicalResourceId"], "snow-white")
        for environment in environments:
            self.environment = environment["EnvironmentName"]
            if len(self.instances()) > 1:
                return
        pytest.skip("the sandbox has no environment of two instances or more; --environment acme-workers=2 makes one")

    def _tell(self, what, instance):
        request = urllib.request.Request(self.account.local + "/_sandbox/instances", method="POST",
                                         data=json.dumps({"do": what, "instances": [instance]}).encode())
        urllib.request.urlopen(request, timeout=10).close()

    def stop(self, instance):
        self._tell("stop", instance)

    def start(self, instance):
        self._tell("start", instance)

    def terminate(self, instance):
        self._tell("terminate", instance)

    def change_document(self):
        pytest.skip("the sandbox has no UpdateStack: only AWS itself says which version is then the default one")
