"""What a confirmed run creates for itself, and how all of it is deleted again.

Two stacks: STACK from own-stack.yml (a single-instance Elastic Beanstalk environment, its role, a
document), and PRODUCT, the real cfn/snow-white-cfn.yml. Both have the tag MARK; a stack of such a
name without the tag belongs to somebody else and is left alone. `take_down` may be called at any
time and again: it looks at what exists, and reports what is left and what it could not look at."""

import datetime
import pathlib
import re
import time
import uuid

from botocore.exceptions import BotoCoreError, ClientError

from fleet import Fleet

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
STACK, PRODUCT, MARK = "snow-white-contract", "snow-white-contract-product", "snow-white-contract"
ENVIRONMENT = STACK + "-workers"
TEMPLATES = {STACK: HERE / "own-stack.yml", PRODUCT: ROOT / "cfn/snow-white-cfn.yml"}
LONGEST_TEMPLATE = 51200  # CloudFormation's limit for a template in the call
# The smallest sample application that Elastic Beanstalk has.
PLATFORM = re.compile(r"64bit Amazon Linux 2023 v[\d.]+ running PHP [\d.]+")
GONE = ("terminated", "shutting-down")
# List prices of us-east-1 in US dollars an hour, of 2025: t3.micro, 8 GB of gp3 at 0.08 a month, a
# public IPv4 address.
HOURLY = 0.0104 + 8 * 0.08 / 730 + 0.005
SURPLUS = 0.05  # and for an hour of a vCPU of a t3 above its baseline; a t3.micro has two vCPUs
LONGEST_HOURS, MOST_INSTANCES, VCPUS = 3, 2, 2
# Seconds. They add up to less than LONGEST_HOURS: a call in progress when the time is up may take
# some minutes.
# creating and testing; then everything is deleted, whatever is still to be tested
LONGEST_ASKING = 2 * 3600
LONGEST_DELETING = 50 * 60
# A younger stack may belong to a run in progress, on this machine or another.
YOUNG = datetime.timedelta(hours=5)


class CannotGoOn(Exception):
    """What prevents a confirmed run, as text for the person."""


def words_of(stack):
    return f"the stack {stack['StackName']} ({stack['StackId']}), made at {stack['CreationTime']:%Y-%m-%d %H:%M:%S} UTC"


def is_updating(stack):
    return bool(stack) and stack["StackStatus"].startswith("UPDATE_") and stack["StackStatus"].endswith("_IN_PROGRESS")


def plan():
    """What is printed before anything is created."""
    hours = LONGEST_HOURS * MOST_INSTANCES
    most, surplus = HOURLY * hours, SURPLUS * VCPUS * hours
    return f"""\
  makes     CloudFormation stacks {STACK} and {PRODUCT} (cfn/snow-white-cfn.yml)
            one Elastic Beanstalk environment {ENVIRONMENT} of one t3.micro, without a load balancer
            roles, an instance profile, Run Command documents, a task definition, an empty ECR repository, a log group
  then      stops that instance for 15 minutes, starts it, terminates it; Elastic Beanstalk launches another
  takes     about an hour; {LONGEST_HOURS} hours at most: {LONGEST_ASKING / 3600:.0f} hours of making and asking, {LONGEST_DELETING // 60} minutes of taking down
  costs     about ${HOURLY:.3f} an hour and instance: t3.micro $0.0104, 8 GB of gp3 $0.0009, the Elastic IP (a public IPv4
            address) $0.005. So ${most:.2f} for {LONGEST_HOURS} hours of {MOST_INSTANCES} instances. Were their CPUs busy all the time, T3's surplus
            credits would add ${surplus:.2f}: ${most + surplus:.2f} at most. What cannot be deleted costs on until it is.
            List prices of us-east-1 in 2025, without taxes; other regions differ. An estimate.
  removes   all of it at the end, also after a failure or Ctrl-C; after a kill -9: the same command with CLEANUP=yes
  leaves    the bucket elasticbeanstalk-REGION-ACCOUNT and the service-linked roles that Elastic Beanstalk makes for an
            account once; the bucket keeps what Elastic Beanstalk put into it, and a policy: next to nothing a month"""


class OwnFleet(Fleet):
    """The instance of the stack. Auto Scaling replaces a stopped one, so its processes are
    suspended meanwhile."""
    has_imitation = True

    def __init__(self, account, environment, document, own):
        super().__init__(account, environment, document, PRODUCT if own.stack(PRODUCT) else "")
        self.own = own

    def _resources(self):
        asked = {"EnvironmentName": self.environment}
        return self.account.call("elasticbeanstalk", "DescribeEnvironmentResources", asked)["EnvironmentResources"]

    def instances(self, state="running"):
        """The instances of the environment. Anybody may give an instance the environment's tag: the
        tag alone proves nothing."""
        tagged = super().instances(state)
        ours = {i["Id"] for i in self._resources().get("Instances", [])} if tagged else set()
        return [i for i in tagged if i in ours]

    def _group(self):
        return self._resources()["AutoScalingGroups"][0]["Name"]

    def _watching(self, action):
        self.account.call("autoscaling", action, {"AutoScalingGroupName": self._group(),
                                                  "ScalingProcesses": ["HealthCheck", "ReplaceUnhealthy"]})

    def stop(self, instance):
        self._watching("SuspendProcesses")
        self.account.call("ec2", "StopInstances", {"InstanceIds": [instance]})

    def start(self, instance):
        self.account.call("ec2", "StartInstances", {"InstanceIds": [instance]})
        self.wait(f"{instance} running", lambda: self.state_of(instance) == "running", 300)
        self._watching("ResumeProcesses")

    def terminate(self, instance):
        self.account.call("ec2", "TerminateInstances", {"InstanceIds": [instance]})

    def change_document(self):
        self.own.change_text("second")


class OwnStack:
    def __init__(self, account, say, patience=1.0):
        """`patience`: the factor of every wait; a test has less than a second for each."""
        self.account, self.say, self.patience = account, say, patience
        self.run = uuid.uuid4().hex  # the value of MARK on what this run creates
        # another run created a stack between our look and our CreateStack
        self.beside_another = False
        self.deadline = None  # when all waiting ends, by the monotonic clock

    def call(self, service, action, **parameters):
        return self.account.call(service, action, parameters, checked=True)

    def stack(self, name):
        """None if there is none of that name."""
        try:
            return self.call("cloudformation", "DescribeStacks", StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    @staticmethod
    def is_ours(stack):
        return any(tag["Key"] == MARK for tag in stack.get("Tags", []))

    def is_of_this_run(self, stack):
        return bool(stack) and {"Key": MARK, "Value": self.run} in stack.get("Tags", [])

    def leftovers(self):
        """The stacks of an earlier run, or of one in progress."""
        return [stack for stack in map(self.stack, TEMPLATES) if stack and self.is_ours(stack)]

    # --- creating

    def check(self):
        """Finds what would end in a rollback after ten minutes, before anything is created."""
        for stack in self.leftovers():
            if datetime.datetime.now(datetime.UTC) - stack["CreationTime"] < YOUNG:
                raise CannotGoOn(f"there is {words_of(stack)}. That is less than {YOUNG.seconds // 3600} hours ago, so a run may be "
                                 "at work. If none is: CLEANUP=yes takes it down")
        for name in TEMPLATES:
            stack = self.stack(name)
            if stack and not self.is_ours(stack):
                raise CannotGoOn(f"there is a stack {name} without the tag {MARK}, so it is not of this suite; "
                                 "use another region")
        if not self.call("ec2", "DescribeVpcs", Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]:
            raise CannotGoOn("this region has no default VPC, which the environment is launched in; use another region")
        return self.platform()

    def platform(self):
        listed = self.call("elasticbeanstalk", "ListAvailableSolutionStacks")["SolutionStacks"]
        for name in listed:  # the newest comes first
            if PLATFORM.fullmatch(name):
                return name
        raise CannotGoOn(f"this region has no platform of Elastic Beanstalk like {PLATFORM.pattern!r}; use another region")

    def create(self):
        platform = self.check()
        self.create_stack(STACK, [{"ParameterKey": "SolutionStack", "ParameterValue": platform}])
        if TEMPLATES[PRODUCT].stat().st_size <= LONGEST_TEMPLATE:
            self.create_stack(PRODUCT, [{"ParameterKey": "CfnStackName", "ParameterValue": PRODUCT}])
        else:
            self.say(f"  not made: {PRODUCT}; its template is longer than {LONGEST_TEMPLATE} bytes and would need a bucket")
        for name in TEMPLATES:
            if self.stack(name):
                self.wait_for_stack(name, "CREATE_COMPLETE", 30 * 60)
        outputs = {o["OutputKey"]: o["OutputValue"] for o in self.stack(STACK).get("Outputs", [])}
        fleet = OwnFleet(self.account, outputs.get("EnvironmentName", ENVIRONMENT), outputs.get("ProbeName", ""), self)
        self.wait(f"an instance of {ENVIRONMENT} online in SSM",
                  lambda: [i for i in fleet.instances() if fleet.is_online(i)], 10 * 60)
        self.start_worker(fleet)
        return fleet

    def create_stack(self, name, parameters):
        self.say(f"  making the stack {name}")
        try:
            self.call("cloudformation", "CreateStack", StackName=name, TemplateBody=TEMPLATES[name].read_text(),
                      Parameters=parameters, Capabilities=["CAPABILITY_NAMED_IAM"], Tags=[{"Key": MARK, "Value": self.run}])
        except ClientError as error:
            if error.response["Error"]["Code"] != "AlreadyExistsException":
                raise
            if self.is_of_this_run(self.stack(name)):
                return  # boto3 repeated the call, because the first answer was lost
            self.beside_another = True
            raise CannotGoOn(f"another run has just made the stack {name}; it is left alone") from None

    def change_text(self, text):
        self.call("cloudformation", "UpdateStack", StackName=STACK, UsePreviousTemplate=True,
                  Capabilities=["CAPABILITY_NAMED_IAM"],
                  Parameters=[{"ParameterKey": "SolutionStack", "UsePreviousValue": True},
                              {"ParameterKey": "Text", "ParameterValue": text}], Tags=[{"Key": MARK, "Value": self.run}])
        self.wait_for_stack(STACK, "UPDATE_COMPLETE", 15 * 60)

    def start_worker(self, fleet):
        """A unit of its own whose process has Sidekiq's title and takes its signals; installed by
        AWS's document for shell scripts."""
        imitation = (ROOT / "tests/instance/imitation").read_text()
        script = ["set -e", "perl -MTime::HiRes -e1 2>/dev/null || dnf -q -y install perl-interpreter perl-Time-HiRes",
                  f"cat >/usr/local/bin/imitation <<'END OF IT'\n{imitation}\nEND OF IT", "chmod 755 /usr/local/bin/imitation",
                  "systemd-run --unit=worker --setenv=SIGNALS=/run/imitation perl /usr/local/bin/imitation 6.4.1 app 5 0 5",
                  "sleep 3", "systemctl is-active worker"]
        sent = self.call("ssm", "SendCommand", DocumentName="AWS-RunShellScript", InstanceIds=fleet.instances(),
                         Parameters={"commands": script}, Comment="make contract-aws of Snow White: an imitated worker")
        end = fleet.wait_for_end(sent["Command"]["CommandId"], 600)
        self.say(f"  the imitated worker: {end['Status']}")
        if end["Status"] != "Success":
            outputs = [p.get("Output", "") for i in fleet.invocations(sent["Command"]["CommandId"]) for p in i["CommandPlugins"]]
            raise CannotGoOn(f"the imitated worker did not start: {end['Status']}: {' '.join(outputs).strip()[-300:]!r}")

    # --- waiting

    def wait(self, what, holds, seconds):
        begun, told = time.monotonic(), 0.0
        while not (seen := holds()):
            waited = time.monotonic() - begun
            if waited > seconds * self.patience:
                raise CannotGoOn(f"wanted {what} within {seconds} s")
            if self.deadline and time.monotonic() > self.deadline:
                raise CannotGoOn(f"wanted {what}, and the time is up")
            if waited - told > 60:
                told = waited
                self.say(f"  waiting for {what}: {waited:.0f} s")
            time.sleep(min(10, seconds) * self.patience)
        return seen

    def wait_for_stack(self, name, wanted, seconds):
        def over():
            stack = self.stack(name)
            return stack if stack and not stack["StackStatus"].endswith("_IN_PROGRESS") else None
        stack = self.wait(f"the stack {name}", over, seconds)
        if stack["StackStatus"] != wanted:
            raise CannotGoOn(f"the stack {name} is {stack['StackStatus']}: {self.reasons(name)}")

    def reasons(self, name):
        events = self.call("cloudformation", "DescribeStackEvents", StackName=name)["StackEvents"]
        failed = [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in events
                  if "FAILED" in e["ResourceStatus"]]
        # the last of the list failed first
        return "; ".join(failed[-3:]) or "no reason was given"

    # --- deleting

    def take_down(self):
        """(what is left afterwards, what could not be looked at), as text; both are empty when all
        is gone."""
        self.deadline = time.monotonic() + LONGEST_DELETING * self.patience
        for name in TEMPLATES:
            # a stack that could not be deleted at once is often deleted by the second try
            for _ in range(2):
                if not self.delete_stack(name):
                    break
        self.deadline = None
        left, unseen = [], []
        looks = {"stacks": self.left_stacks, "the environment": self.left_environments,
                 "instances": self.left_instances, "documents": self.left_documents}
        if self.beside_another:
            looks = {"stacks": self.left_stacks}  # the rest has the same names in the other run
        for what, look in looks.items():
            try:
                left += look()
            except (ClientError, BotoCoreError) as error:
                unseen.append(f"{what}: {error}")
        return left, unseen

    def delete_stack(self, name):
        """True if it still exists and may be tried again."""
        try:
            stack = self.stack(name)
            if not stack:
                return False
            if self.beside_another and not self.is_of_this_run(stack):
                self.say(f"  left alone: the stack {name} of another run")
                return False
            if not self.is_ours(stack):
                self.say(f"  left alone: the stack {name}; it has no tag {MARK}, so it is somebody else's")
                return False
            self.wait_for_update(name)
            self.say(f"  deleting the stack {name}")
            self.call("cloudformation", "DeleteStack", StackName=name)
            # otherwise the end of an earlier try would be taken for this one's
            time.sleep(5 * self.patience)
            self.wait(f"the stack {name} deleted",
                      lambda: not (now := self.stack(name)) or now["StackStatus"] == "DELETE_FAILED", 30 * 60)
            return self.stack(name) is not None
        except (ClientError, BotoCoreError, CannotGoOn) as error:
            self.say(f"  the stack {name} could not be deleted: {error}")
            return True

    def wait_for_update(self, name):
        """CloudFormation refuses DeleteStack while an update, or its clean-up, is in progress."""
        try:
            self.wait(f"the update of the stack {name} over", lambda: not is_updating(self.stack(name)), 15 * 60)
        except CannotGoOn as error:
            self.say(f"  {error}; it is deleted nevertheless")

    def left_stacks(self):
        return [f"the stack {stack['StackName']} ({stack['StackStatus']})" for stack in self.leftovers()
                if not self.beside_another or self.is_of_this_run(stack)]

    def left_environments(self):
        environments = self.call("elasticbeanstalk", "DescribeEnvironments", EnvironmentNames=[ENVIRONMENT])["Environments"]
        return [f"the environment {e['EnvironmentName']} ({e['Status']})" for e in environments
                  if e["Status"] not in ("Terminated", "Terminating")]

    def left_instances(self):
        filters = [{"Name": "tag:elasticbeanstalk:environment-name", "Values": [ENVIRONMENT]}]
        found = self.call("ec2", "DescribeInstances", Filters=filters)["Reservations"]
        return [f"the instance {i['InstanceId']} ({i['State']['Name']})" for reservation in found
                for i in reservation["Instances"] if i["State"]["Name"] not in GONE]

    def left_documents(self):
        documents = self.call("ssm", "ListDocuments", Filters=[{"Key": "Name", "Values": [STACK]}])["DocumentIdentifiers"]
        return [f"the document {d['Name']}" for d in documents]
