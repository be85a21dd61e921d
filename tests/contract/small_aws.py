"""A small AWS server that implements only the calls that a drain needs, and a Slack that records
its posts.

Written independently of the sandbox, from the services' published API references and with nothing
but the standard library, so that a mistake that our program and our sandbox share is noticed. It
does not verify signatures (it requires an Authorization header), and answers 400 with the
protocol's own error to anything else.

In: a Plan (environments, durations, which instances fail). Out: `calls` and `posts`, in the order
they came. Stand-alone: `python small_aws.py --instances 51 --duration 5`; it prints its URL and
serves until it is killed."""

import argparse
import dataclasses
import fnmatch
import re
import threading
import time
import uuid
from http.server import ThreadingHTTPServer
from xml.sax.saxutils import escape

from small_aws_http import Refused, handler_for

KNOWN = ("DescribeEnvironments", "DescribeEnvironmentResources", "DescribeInstances", "DescribeStackResource", "SendCommand",
         "ListCommands", "ListCommandInvocations")
TAG = "tag:elasticbeanstalk:environment-name"
STACK = "snow-white"
LAUNCHED = "2026-01-05T10:00:00.000Z"
LOGICAL_NAMES = ("QuietSideKiqDocument", "WakeSideKiqDocument", "StopSideKiqDocument", "StatusSideKiqDocument")


@dataclasses.dataclass
class Plan:
    """The server's fleet and its behaviour. Durations are seconds."""
    instances: int = 2
    environments: int = 1
    application: str = "acme"
    name: str = "acme-workers"           # the environments are NAME-1, NAME-2, …
    duration: float = 2.0                # from the command to the last instance's end
    failing: int = 0                     # one of so many fails; 0: none
    never_ending: int = 0                # one of so many never ends; 0: none
    output: str = ""                     # the output of every invocation's step
    left_out: tuple = ()                 # further actions that this server does not implement
    # no action is answered; Slack and the task's credentials are
    dead: bool = False

    def environment_names(self):
        return [f"{self.name}-{n + 1}" for n in range(self.environments)]

    def instance_ids(self, environment_name):
        number = self.environment_names().index(environment_name)
        return [f"i-{n:017x}" for n in range(self.instances) if n % self.environments == number]

    def number_of(self, instance_id):
        return int(instance_id[2:], 16)

    def is_chosen(self, instance_id, one_of):
        """True for the instance of each `one_of` that is treated specially: the last of the
        group."""
        return one_of > 0 and self.number_of(instance_id) % one_of == one_of - 1


class Command:
    """One SSM command: the state of each of its invocations at a given time."""

    def __init__(self, plan, instance_ids, request):
        self.plan, self.instance_ids, self.request = plan, instance_ids, request
        self.place = {i: (n + 1) / len(instance_ids) for n, i in enumerate(instance_ids)}
        self.id = str(uuid.uuid4())
        self.sent = time.time()

    def status_of(self, instance_id):
        if self.plan.is_chosen(instance_id, self.plan.never_ending):
            return "InProgress"
        if time.time() < self.sent + self.plan.duration * self.place[instance_id]:
            return "InProgress"
        return "Failed" if self.plan.is_chosen(instance_id, self.plan.failing) else "Success"

    def describe(self):
        statuses = [self.status_of(i) for i in self.instance_ids]
        ended = [s for s in statuses if s != "InProgress"]
        status = "InProgress" if len(ended) < len(statuses) else "Failed" if "Failed" in ended else "Success"
        return {"CommandId": self.id, "DocumentName": self.request["DocumentName"], "DocumentVersion": "",
                "Comment": self.request.get("Comment", ""), "ExpiresAfter": self.sent + 7200,
                "Parameters": self.request.get("Parameters", {}), "InstanceIds": self.request.get("InstanceIds", []),
                "Targets": self.request.get("Targets", []), "RequestedDateTime": round(self.sent, 3),
                "Status": status, "StatusDetails": status, "TargetCount": len(statuses),
                "CompletedCount": len(ended), "ErrorCount": ended.count("Failed"), "DeliveryTimedOutCount": 0,
                "MaxConcurrency": self.request.get("MaxConcurrency", "50"),
                "MaxErrors": self.request.get("MaxErrors", "0"), "TimeoutSeconds": 3600}

    def invocation(self, instance_id, details):
        status = self.status_of(instance_id)
        answer = {"CommandId": self.id, "InstanceId": instance_id, "InstanceName": "",
                  "Comment": self.request.get("Comment", ""), "DocumentName": self.request["DocumentName"],
                  "DocumentVersion": "", "RequestedDateTime": round(self.sent, 3), "Status": status,
                  "StatusDetails": status, "CommandPlugins": []}
        if details:
            answer["CommandPlugins"] = [{
                "Name": "workers", "Status": status, "StatusDetails": status,
                "ResponseCode": {"InProgress": -1, "Success": 0, "Failed": 1}[status],
                "Output": "" if status == "InProgress" else self.plan.output}]
        return answer


class SmallAws:
    """The server's state, and one method for each action that it implements."""

    def __init__(self, plan):
        self.plan = plan
        self.calls = []      # {"at": …, "action": …, "parameters": {…}, "status": …}
        self.posts = []      # the Slack messages: {"at": …, "path": …, …the payload}
        self.commands = {}
        self.lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}"

    @property
    def slack_url(self):
        return self.url + "/services/T0SMALL/B0SMALL/sm4ll-s3cret"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def actions(self):
        return [call["action"] for call in self.calls]

    def calls_while_waiting(self):
        """Calls after the last SendCommand, before its command had run its planned time."""
        start = max(command.sent for command in self.commands.values())
        return [call for call in self.calls if start < call["at"] < start + self.plan.duration
                and call["action"] != "SendCommand"]

    def answer(self, action, parameters):
        if action not in KNOWN or action in self.plan.left_out:
            return None
        return getattr(self, action)(parameters)

    def DescribeEnvironments(self, parameters):
        wanted = [v for k, v in parameters.items() if k.startswith("EnvironmentNames.member.")]
        names = [n for n in self.plan.environment_names() if not wanted or n in wanted]
        if parameters.get("ApplicationName", self.plan.application) != self.plan.application:
            names = []
        first = int(parameters.get("NextToken") or 0)
        last = first + int(parameters.get("MaxRecords") or 1000)
        members = "".join(
            f"<member><EnvironmentName>{escape(n)}</EnvironmentName><EnvironmentId>{environment_id(n)}</EnvironmentId>"
            f"<ApplicationName>{escape(self.plan.application)}</ApplicationName><Status>Ready</Status>"
            f"<Health>Green</Health><DateCreated>2026-01-05T10:00:00Z</DateCreated></member>"
            for n in names[first:last])
        more = f"<NextToken>{last}</NextToken>" if last < len(names) else ""
        return f"<Environments>{members}</Environments>{more}"

    def DescribeEnvironmentResources(self, parameters):
        for name in self.plan.environment_names():
            if name == parameters.get("EnvironmentName") or environment_id(name) == parameters.get("EnvironmentId"):
                members = "".join(f"<member><Id>{i}</Id></member>" for i in self.plan.instance_ids(name))
                return (f"<EnvironmentResources><EnvironmentName>{escape(name)}</EnvironmentName>"
                        f"<Instances>{members}</Instances></EnvironmentResources>")
        raise Refused("InvalidParameterValue", f"No Environment found for EnvironmentName = "
                                               f"'{parameters.get('EnvironmentName', '')}'.")

    def DescribeInstances(self, parameters):
        """By IDs, or by filters of names with * and ?; all of them are running, and were launched
        on 2026-01-05."""
        there = {i: name for name in self.plan.environment_names() for i in self.plan.instance_ids(name)}
        wanted = {v for k, v in parameters.items() if k.startswith("InstanceId.")}
        if wanted - there.keys():
            raise Refused("InvalidInstanceID.NotFound", f"The instance IDs '{', '.join(sorted(wanted - there.keys()))}' do not exist")
        chosen = {i: name for i, name in there.items() if not wanted or i in wanted}
        for key, filter_name in parameters.items():
            if re.fullmatch(r"Filter\.[0-9]+\.Name", key):
                values = [v for k, v in parameters.items() if k.startswith(key.removesuffix("Name") + "Value.")]
                chosen = {i: name for i, name in chosen.items() if any(
                    fnmatch.fnmatchcase(self.property_of(name, filter_name), value) for value in values)}
        items = "".join(
            f"<item><instanceId>{i}</instanceId><instanceState><code>16</code><name>running</name></instanceState>"
            f"<launchTime>{LAUNCHED}</launchTime><placement><availabilityZone>us-east-1a</availabilityZone></placement>"
            f"<tagSet><item><key>{TAG.partition(':')[2]}</key><value>{escape(name)}</value></item></tagSet></item>"
            for i, name in chosen.items())
        return f"<reservationSet><item><instancesSet>{items}</instancesSet></item></reservationSet>" if chosen else "<reservationSet/>"

    @staticmethod
    def property_of(environment_name, filter_name):
        known = {TAG: environment_name, "instance-state-name": "running", "launch-time": LAUNCHED}
        if filter_name not in known:
            raise Refused("InvalidParameterValue", f"The filter '{filter_name}' is invalid")
        return known[filter_name]

    def DescribeStackResource(self, parameters):
        stack, logical = parameters.get("StackName", ""), parameters.get("LogicalResourceId", "")
        if stack != STACK:
            raise Refused("ValidationError", f"Stack '{stack}' does not exist")
        if logical not in LOGICAL_NAMES:
            raise Refused("ValidationError", f"Resource {logical} does not exist for stack {stack}")
        return (f"<StackResourceDetail><StackName>{STACK}</StackName><LogicalResourceId>{logical}</LogicalResourceId>"
                f"<PhysicalResourceId>{document_name(logical)}</PhysicalResourceId>"
                f"<ResourceType>AWS::SSM::Document</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus>"
                f"<LastUpdatedTimestamp>2026-01-05T10:00:00Z</LastUpdatedTimestamp></StackResourceDetail>")

    def SendCommand(self, request):
        if request.get("DocumentName") not in [document_name(n) for n in LOGICAL_NAMES]:
            raise Refused("InvalidDocument", "Document with name " + str(request.get("DocumentName")) + " does not exist.")
        if len(request.get("InstanceIds", [])) > 50:
            raise Refused("ValidationException", "1 validation error detected: Value at 'instanceIds' failed to satisfy "
                                                 "constraint: Member must have length less than or equal to 50")
        command = Command(self.plan, self.resolve(request), request)
        self.commands[command.id] = command
        return {"Command": command.describe() | {"Status": "Pending", "StatusDetails": "Pending", "TargetCount": 0
                                                 if request.get("Targets") else len(command.instance_ids)}}

    def resolve(self, request):
        known = {i: n for n in self.plan.environment_names() for i in self.plan.instance_ids(n)}
        ids = list(request.get("InstanceIds", []))
        if any(i not in known for i in ids):
            raise Refused("InvalidInstanceId", "")
        for target in request.get("Targets", []):
            if target["Key"] == "InstanceIds":
                ids += [i for i in target["Values"] if i in known]
            elif target["Key"] == TAG:
                ids += [i for i, n in known.items() if n in target["Values"]]
        return ids

    def ListCommands(self, request):
        commands = list(self.commands.values())
        if request.get("CommandId"):
            commands = [c for c in commands if c.id == request["CommandId"]]
        for wanted in request.get("Filters", []):
            commands = [c for c in commands if passes(c, wanted["key"], wanted["value"])]
        return page(request, "Commands", [c.describe() for c in reversed(commands)])

    def ListCommandInvocations(self, request):
        return page(request, "CommandInvocations", [
            c.invocation(i, request.get("Details", False))
            for c in self.commands.values() if request.get("CommandId", c.id) == c.id
            for i in c.instance_ids if request.get("InstanceId", i) == i])


def environment_id(name):
    return "e-" + uuid.uuid5(uuid.NAMESPACE_DNS, name).hex[:10]


def document_name(logical):
    return f"{STACK}-{logical}-1A2B3C4D5E6F"


def passes(command, key, value):
    if key == "DocumentName":
        return command.request["DocumentName"] == value
    if key == "Status":
        return command.describe()["Status"] == value
    if key == "ExecutionStage":
        return (command.describe()["Status"] == "InProgress") == (value == "Executing")
    if key in ("InvokedAfter", "InvokedBefore"):
        sent = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(command.sent))
        return sent >= value if key == "InvokedAfter" else sent <= value
    raise Refused("InvalidFilterKey", f"{key} is not a filter of ListCommands")


def page(request, name, items):
    size = request.get("MaxResults", 50)
    if not 1 <= size <= 50:
        raise Refused("ValidationException", f"Value '{size}' at 'maxResults' failed to satisfy constraint: "
                                             "Member must have value less than or equal to 50")
    first = int(request.get("NextToken") or 0)
    answer = {name: items[first:first + size]}
    if first + size < len(items):
        answer["NextToken"] = str(first + size)
    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for field in dataclasses.fields(Plan):
        if field.name != "left_out":
            parser.add_argument("--" + field.name.replace("_", "-"), type=type(field.default), default=field.default)
    parser.add_argument("--left-out", nargs="*", default=(), choices=KNOWN)
    with SmallAws(Plan(**vars(parser.parse_args()))) as aws:
        print(f"AWS_ENDPOINT_URL={aws.url}\nSLACK_WEBHOOK={aws.slack_url}", flush=True)
        aws.thread.join()


if __name__ == "__main__":
    main()
