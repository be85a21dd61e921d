"""A fake of the parts of AWS that neither the sandbox nor moto has: stacks whose environment has an
instance.

Stands in for any_account/account.py. Each call's parameters and answer are compared with botocore's
model of the service, so that no call is misspelt and no answer has a member that AWS's does not. It
does only as much as a run needs."""

import datetime
import itertools
import types

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from request_checker import model
from own_stack import ENVIRONMENT, PRODUCT, STACK

PROBE = ("alpha", "bravo", "charlie", "delta")
OURS = ("QuietSideKiqDocument", "WakeSideKiqDocument", "StatusSideKiqDocument")
LINE = '{"snow_white":1,"action":"%s","outcome":"done","note":"","workers":[%s]}'


class FakeAccount:
    local, region = "", "us-east-1"

    def __init__(self):
        self.recorder = types.SimpleNamespace(last=types.SimpleNamespace(code=""))
        self.numbers, self.actions = itertools.count(1), []
        self.stacks, self.documents, self.commands, self.suspended = {}, {}, {}, set()
        self.instance = {"InstanceId": "i-00000000000000000", "State": {"Name": "terminated"}}
        self.gone = []
        self.vpcs, self.platforms = [{"VpcId": "vpc-1"}], ["64bit Amazon Linux 2023 v4.7.8 running PHP 8.4"]
        self.rolls_back, self.holds_on, self.expired = "", False, False
        # its state; the result of the command that starts it
        self.worker, self.worker_starts = "", "Success"
        self.strangers = []  # other people's instances that have our environment's tag
        # what DescribeStacks returns for the stack, one answer each, before its status
        self.updating = []

    def heard(self, action):
        """For tests that listen."""

    def client(self, _service, **_):
        return types.SimpleNamespace(exceptions=types.SimpleNamespace(ClientError=ClientError))

    def call(self, service, action, parameters=None, **_):
        operation = model(service).operation_model(action)
        hold_to(operation.input_shape, parameters or {}, f"the request of {action}")
        self.actions.append(f"{service}:{action}")
        self.heard(action)
        if self.expired:
            self.refuse(action, "ExpiredToken", "The security token included in the request is expired")
        answer = getattr(self, action)(types.SimpleNamespace(**parameters or {})) or {}
        hold_to(operation.output_shape, answer, f"the answer of {action}")
        return answer

    def refuse(self, action, code, message=""):
        self.recorder.last.code = code
        raise ClientError({"Error": {"Code": code, "Message": message}}, action)

    # --- CloudFormation

    def DescribeStacks(self, asked):
        if asked.StackName not in self.stacks:
            self.refuse("DescribeStacks", "ValidationError", f"Stack with id {asked.StackName} does not exist")
        updating = {"StackStatus": self.updating.pop(0)} if self.updating and asked.StackName == STACK else {}
        return {"Stacks": [self.stacks[asked.StackName] | updating]}

    def CreateStack(self, asked):
        assert len(asked.TemplateBody) <= 51200
        if asked.StackName in self.stacks:
            self.refuse("CreateStack", "AlreadyExistsException", f"Stack [{asked.StackName}] already exists")
        stack = {"StackName": asked.StackName, "StackId": f"arn:{asked.StackName}", "CreationTime": datetime.datetime.now(datetime.UTC), "StackStatus": "CREATE_COMPLETE", "Tags": asked.Tags}
        self.stacks[asked.StackName] = stack
        if asked.StackName == STACK:
            stack["Outputs"] = [{"OutputKey": "ProbeName", "OutputValue": f"{STACK}-Probe-1"}]
            if self.rolls_back:
                stack["StackStatus"] = "ROLLBACK_COMPLETE"
                return
            self.launch()
            self.documents["Probe"] = {"Name": f"{STACK}-Probe-1", "DefaultVersion": "1", "LatestVersion": "1"}
        if asked.StackName == PRODUCT:
            self.documents.update({name: {"Name": f"{PRODUCT}-{name}-1"} for name in OURS})

    def UpdateStack(self, asked):
        assert asked.StackName == STACK
        self.stacks[STACK]["StackStatus"] = "UPDATE_COMPLETE"
        self.documents["Probe"].update(DefaultVersion="2", LatestVersion="2")

    def DeleteStack(self, asked):
        if self.updating and asked.StackName == STACK:
            self.refuse("DeleteStack", "ValidationError", f"Stack {STACK} is in {self.updating[0]} state and can not be deleted")
        if self.holds_on:
            self.stacks[asked.StackName]["StackStatus"] = "DELETE_FAILED"
            return
        del self.stacks[asked.StackName]
        self.documents = {k: d for k, d in self.documents.items() if not d["Name"].startswith(asked.StackName + "-")}
        if asked.StackName == STACK:
            self.documents, self.instance["State"] = {}, {"Name": "terminated"}

    def DescribeStackEvents(self, asked):
        return {"StackEvents": [{"StackId": "1", "EventId": "1", "StackName": asked.StackName, "Timestamp": 0,
                                 "LogicalResourceId": "Environment", "ResourceStatus": "CREATE_FAILED",
                                 "ResourceStatusReason": self.rolls_back}]}

    def DescribeStackResource(self, asked):
        assert asked.StackName == PRODUCT
        return {"StackResourceDetail": {
            "LogicalResourceId": asked.LogicalResourceId, "ResourceType": "AWS::SSM::Document", "LastUpdatedTimestamp": 0,
            "ResourceStatus": "CREATE_COMPLETE", "PhysicalResourceId": self.documents[asked.LogicalResourceId]["Name"]}}

    # --- Elastic Beanstalk, EC2 and Auto Scaling

    def ListAvailableSolutionStacks(self, _asked):
        return {"SolutionStacks": self.platforms}

    def DescribeEnvironments(self, asked):
        assert asked.EnvironmentNames == [ENVIRONMENT]
        return {"Environments": [{"EnvironmentName": ENVIRONMENT, "Status": "Ready" if STACK in self.stacks else "Terminated"}]}

    def DescribeEnvironmentResources(self, asked):
        return {"EnvironmentResources": {"EnvironmentName": asked.EnvironmentName, "AutoScalingGroups": [{"Name": "group"}],
                                         "Instances": [{"Id": self.instance["InstanceId"]}]}}

    def DescribeVpcs(self, _asked):
        return {"Vpcs": self.vpcs}

    def DescribeInstances(self, asked):
        found = [*self.strangers, self.instance, *self.gone]
        for one in getattr(asked, "Filters", []):
            if one["Name"] == "instance-state-name":
                found = [i for i in found if i["State"]["Name"] in one["Values"]]
        found = [i for i in found if i["InstanceId"] in getattr(asked, "InstanceIds", [i["InstanceId"]])]
        return {"Reservations": [{"Instances": [i]} for i in found]}

    def launch(self):
        self.instance = {"InstanceId": f"i-{next(self.numbers):017x}", "State": {"Name": "running"}}

    def StopInstances(self, asked):
        assert asked.InstanceIds == [self.instance["InstanceId"]]
        assert self.suspended == {"HealthCheck", "ReplaceUnhealthy"}, "or Auto Scaling would replace the instance"
        self.instance["State"] = {"Name": "stopped"}

    def StartInstances(self, asked):
        assert asked.InstanceIds == [self.instance["InstanceId"]]
        self.instance["State"] = {"Name": "running"}

    def TerminateInstances(self, asked):
        assert asked.InstanceIds == [self.instance["InstanceId"]]
        self.gone.append(self.instance | {"State": {"Name": "terminated"}})
        self.launch()

    def SuspendProcesses(self, asked):
        self.suspended |= set(asked.ScalingProcesses)

    def ResumeProcesses(self, asked):
        self.suspended -= set(asked.ScalingProcesses)

    # --- SSM

    def DescribeInstanceInformation(self, asked):
        online = self.instance["State"]["Name"] == "running"
        known = [{"InstanceId": self.instance["InstanceId"], "PingStatus": "Online" if online else "ConnectionLost"}]
        return {"InstanceInformationList": [i for i in known if i["InstanceId"] in asked.Filters[0]["Values"]]}

    def SendCommand(self, asked):
        if getattr(asked, "InstanceIds", []) and self.instance["State"]["Name"] != "running":
            self.refuse("SendCommand", "InvalidInstanceId")
        assert getattr(asked, "InstanceIds", None) in (None, [self.instance["InstanceId"]]), "no stranger is sent anything by its id"
        if asked.DocumentName == "AWS-RunShellScript":
            assert asked.InstanceIds and any("systemctl is-active" in line for line in asked.Parameters["commands"])
            self.worker = "running"
        if "Targets" in vars(asked):
            assert f"{STACK}-Probe" in asked.DocumentName, "a tag is a target only where it is the question"
        changed = {"Quiet": "idle", "Wake": "running"}.get(asked.DocumentName.removeprefix(PRODUCT + "-").partition("SideKiq")[0])
        self.worker = changed or self.worker
        assert asked.DocumentName == "AWS-RunShellScript" or asked.DocumentName in [d["Name"] for d in self.documents.values()]
        command = {"CommandId": f"{next(self.numbers):036x}", "DocumentName": asked.DocumentName, "Status": "Pending",
                   "TargetCount": 1}
        self.commands[command["CommandId"]] = command | {"target": self.instance["InstanceId"]}
        return {"Command": command}

    def state(self, command):
        if command["DocumentName"] == "AWS-RunShellScript":
            return self.worker_starts
        return "Success" if self.instance["State"]["Name"] == "running" else "Pending"

    def ListCommands(self, asked):
        command = self.commands[asked.CommandId]
        return {"Commands": [{k: v for k, v in command.items() if k != "target"} | {"Status": self.state(command)}]}

    def ListCommandInvocations(self, asked):
        command = self.commands[asked.CommandId]
        order = PROBE if int(asked.CommandId, 16) % 2 else PROBE[::-1]
        version = self.documents.get("Probe", {}).get("LatestVersion")
        plugins = [{"Name": name, "Output": "second" if version == "2" else "first"} for name in order]
        if any(name in command["DocumentName"] for name in OURS):
            action = command["DocumentName"].removeprefix(PRODUCT + "-").partition("SideKiq")[0].lower()
            worker = f'{{"pid":1,"state":"{self.worker}"}}' if self.worker else ""
            plugins = [{"Name": "workers", "Output": LINE % (action, worker)}]
        if command["DocumentName"] == "AWS-RunShellScript":
            plugins = [{"Name": "aws:runShellScript", "Output": "inactive"}]
        return {"CommandInvocations": [{"InstanceId": command["target"], "StatusDetails": self.state(command),
                                        "CommandPlugins": plugins}]}

    def CancelCommand(self, asked):
        assert asked.CommandId in self.commands

    def GetDocument(self, asked):
        steps = ",".join(f'{{"name":"{name}"}}' for name in PROBE)
        return {"Name": asked.Name, "Content": f'{{"mainSteps":[{steps}]}}'}

    def DescribeDocument(self, _asked):
        return {"Document": self.documents["Probe"]}

    def ListDocuments(self, asked):
        assert asked.Filters == [{"Key": "Name", "Values": [STACK]}]
        return {"DocumentIdentifiers": [{"Name": d["Name"]} for d in self.documents.values()]}


def hold_to(shape, value, what):
    if shape is None:
        assert not value, f"{what} has {value}, the model has nothing"
        return
    errors = ParamValidator().validate(value, shape)
    assert not errors.has_errors(), f"{what}: {errors.generate_report()}"
