"""Several regions: the resources of one are seen in no other, and account-wide resources are the
same in all."""

import configparser
import json
import subprocess
import time
import urllib.error

import botocore.loaders
import pytest

from browser import drawn
from clients import make_client, post, signed
from programs import snow_white
from permissions import Recorder
from run_command import LOGICAL, TAG, UNKNOWN_COMMAND, WAIT_SECONDS
from sandbox_process import SANDBOX, clean_environment

HOME, AWAY, EMPTY = "us-east-1", "eu-west-1", "ap-south-1"
SANDBOX_ARGUMENTS = ["--environment", "acme-workers=3", "--environment", f"{AWAY}/acme-workers=12:pair",
                     "--environment", f"{AWAY}/acme-mailers=1", "--simulated", "--drain", "1s"]
FLEETS = {HOME: {"acme-workers": 3}, AWAY: {"acme-workers": 12, "acme-mailers": 1}, EMPTY: {}}
EACH = pytest.mark.parametrize("region", FLEETS)
CALLS = {"query": ("elasticbeanstalk", "DescribeEnvironments", {}), "ec2": ("ec2", "DescribeInstances", {}),
         "json": ("ssm", "ListCommands", {})}
EACH_PROTOCOL = pytest.mark.parametrize("protocol", CALLS)


@pytest.fixture(scope="module")
def there(sandbox):
    """there("ssm", "eu-west-1") is the administrator's client for that region; `profile` is another
    caller."""
    def make(service, region, profile="default"):
        keys = configparser.ConfigParser()
        keys.read(sandbox.exports["AWS_SHARED_CREDENTIALS_FILE"])
        return make_client(sandbox, service, region_name=region,
                           **{k: keys[profile][k] for k in ("aws_access_key_id", "aws_secret_access_key")})
    return make


@pytest.fixture(scope="module")
def instances(there):
    """instances("eu-west-1") is {id: EC2's description}."""
    def find(region):
        pages = there("ec2", region).get_paginator("describe_instances").paginate()
        return {i["InstanceId"]: i for p in pages for r in p["Reservations"] for i in r["Instances"]}
    return find


@pytest.fixture(scope="module")
def document(there):
    def find(region, logical="StatusSideKiqDocument"):
        found = there("cloudformation", region).describe_stack_resource(StackName="snow-white", LogicalResourceId=logical)
        return found["StackResourceDetail"]["PhysicalResourceId"]
    return find


def error_of(call, **parameters):
    with pytest.raises(call.__self__.exceptions.ClientError) as refused:
        call(**parameters)
    return refused.value.response["Error"]


# --- the fleet

@EACH
def test_environments_are_in_their_region_only(there, aws, region):
    found = there("elasticbeanstalk", region).describe_environments()["Environments"]
    assert [e["EnvironmentName"] for e in found] == list(FLEETS[region])
    assert all(e["EnvironmentArn"].startswith(f"arn:aws:elasticbeanstalk:{region}:") for e in found)
    by_cli = aws("elasticbeanstalk", "describe-environments", "--region", region)["Environments"]
    assert [e["EnvironmentId"] for e in by_cli] == [e["EnvironmentId"] for e in found]
    assert len(there("elasticbeanstalk", region).describe_applications()["Applications"]) == bool(found)


@EACH
def test_so_are_instances_and_their_agents(there, aws, instances, region):
    found = instances(region)
    assert len(found) == sum(FLEETS[region].values())
    assert {i["Placement"]["AvailabilityZone"][:-1] for i in found.values()} <= {region}
    pages = there("ssm", region).get_paginator("describe_instance_information").paginate()
    assert {i["InstanceId"] for p in pages for i in p["InstanceInformationList"]} == set(found)
    by_cli = aws("ec2", "describe-instances", "--region", region)["Reservations"]
    assert {i["InstanceId"] for r in by_cli for i in r["Instances"]} == set(found)


def test_nothing_has_the_same_id_in_two_regions(there, instances):
    assert not set(instances(HOME)) & set(instances(AWAY))
    ids = [e["EnvironmentId"] for r in FLEETS for e in there("elasticbeanstalk", r).describe_environments()["Environments"]]
    assert len(set(ids)) == len(ids) == 3


def test_hosts_are_called_what_ec2_calls_them(there):
    def names(region):
        return [i["ComputerName"] for i in there("ssm", region).describe_instance_information()["InstanceInformationList"]]

    assert all(n.endswith(".ec2.internal") for n in names(HOME))
    assert all(n.endswith(".eu-west-1.compute.internal") for n in names(AWAY))


def test_an_instance_and_an_environment_of_another_region_are_not_found(there, instances):
    one = next(iter(instances(AWAY)))
    assert error_of(there("ec2", HOME).describe_instances, InstanceIds=[one])["Code"] == "InvalidInstanceID.NotFound"
    error = error_of(there("elasticbeanstalk", HOME).describe_environment_resources, EnvironmentName="acme-mailers")
    assert error["Code"] == "InvalidParameterValue"


def test_a_page_token_is_of_one_region(there):
    token = there("ec2", AWAY).describe_instances(MaxResults=5)["NextToken"]
    assert there("ec2", AWAY).describe_instances(MaxResults=5, NextToken=token)["Reservations"]
    assert error_of(there("ec2", HOME).describe_instances, MaxResults=5, NextToken=token)["Code"] == "InvalidParameterValue"
    token = there("ssm", AWAY).describe_instance_information(MaxResults=5)["NextToken"]
    error = error_of(there("ssm", HOME).describe_instance_information, MaxResults=5, NextToken=token)
    assert error["Code"] == "InvalidNextToken"
    token = there("elasticbeanstalk", AWAY).describe_environments(MaxRecords=1)["NextToken"]
    error = error_of(there("elasticbeanstalk", HOME).describe_environments, MaxRecords=1, NextToken=token)
    assert error["Code"] == "InvalidParameterValue"


# --- the stack

def test_the_stack_is_where_environments_are(there):
    home, away = (there("cloudformation", r).describe_stacks()["Stacks"][0] for r in (HOME, AWAY))
    assert home["StackName"] == away["StackName"] == "snow-white"
    assert home["StackId"].startswith(f"arn:aws:cloudformation:{HOME}:")
    assert away["StackId"].startswith(f"arn:aws:cloudformation:{AWAY}:")
    [task] = [o["OutputValue"] for o in away["Outputs"] if o["OutputKey"] == "TaskDefinitionArn"]
    assert task.startswith(f"arn:aws:ecs:{AWAY}:")
    assert there("cloudformation", EMPTY).describe_stacks()["Stacks"] == []
    error = error_of(there("cloudformation", EMPTY).describe_stack_resource, StackName="snow-white",
                     LogicalResourceId="QuietSideKiqDocument")
    assert error == {"Type": "Sender", "Code": "ValidationError", "Message": "Stack 'snow-white' does not exist"}
    error = error_of(there("cloudformation", HOME).describe_stacks, StackName=away["StackId"])
    assert error["Code"] == "ValidationError"


def test_names_that_cloudformation_makes_up_differ(document):
    for logical in (*LOGICAL, "TaskRole", "ExecutionRole", "MonitorPolicy", "OperatorPolicy"):
        assert document(HOME, logical) != document(AWAY, logical)
    assert document(HOME, "LogGroup") == document(AWAY, "LogGroup") == "/ecs/snow-white"


def test_a_document_is_in_its_region_only(there, document, aws_fails):
    ssm, theirs = there("ssm", HOME), document(AWAY)
    assert there("ssm", AWAY).describe_document(Name=theirs)["Document"]["Name"] == theirs
    assert error_of(ssm.describe_document, Name=theirs)["Code"] == "InvalidDocument"
    away, account = "arn:aws:ssm:eu-west-1", there("sts", HOME).get_caller_identity()["Account"]
    assert there("ssm", AWAY).get_document(Name=f"{away}:{account}:document/{theirs}")["Name"] == theirs
    assert error_of(ssm.get_document, Name=f"{away}:{account}:document/{document(HOME)}")["Code"] == "InvalidDocument"
    assert "InvalidDocument" in aws_fails("ssm", "get-document", "--name", theirs, "--region", EMPTY)


# --- commands

def test_a_command_reaches_its_region_only(there, document, instances):
    one = next(iter(instances(HOME)))
    error = error_of(there("ssm", AWAY).send_command, DocumentName=document(AWAY), InstanceIds=[one])
    assert error["Code"] == "InvalidInstanceId" and one in error["Message"]
    error = error_of(there("ssm", AWAY).send_command, DocumentName=document(HOME), InstanceIds=list(instances(AWAY))[:1])
    assert error["Code"] == "InvalidDocument"


def test_a_command_is_seen_in_its_region_only(there, document, instances, sandbox):
    home, away = there("ssm", HOME), there("ssm", AWAY)
    sent = away.send_command(DocumentName=document(AWAY), Targets=[{"Key": TAG, "Values": ["acme-workers"]}])["Command"]
    deadline = time.monotonic() + WAIT_SECONDS
    while (command := away.list_commands(CommandId=sent["CommandId"])["Commands"][0])["Status"] != "Success":
        assert time.monotonic() < deadline, f"wanted it over within {WAIT_SECONDS} s, seen {command}. {sandbox.where()}"
        time.sleep(0.2)
    assert (command["TargetCount"], command["CompletedCount"]) == (12, 12)
    one = next(iter(instances(AWAY)))
    assert error_of(home.list_commands, CommandId=sent["CommandId"]) \
        == error_of(home.list_commands, CommandId=UNKNOWN_COMMAND)
    assert home.list_commands()["Commands"] == [] == there("ssm", EMPTY).list_commands()["Commands"]
    assert error_of(home.cancel_command, CommandId=sent["CommandId"])["Code"] == "InvalidCommandId"
    error = error_of(home.get_command_invocation, CommandId=sent["CommandId"], InstanceId=one)
    assert error["Code"] == "InvocationDoesNotExist"


# --- ECS and its logs: in the home region

def test_the_cluster_is_in_the_home_region(there, document, aws_fails):
    family = "snow-white:1"
    assert there("ecs", HOME).list_tasks(cluster="snow-white")["taskArns"] == []
    for region in (AWAY, EMPTY):
        for call in (there("ecs", region).list_tasks, there("ecs", region).run_task):
            wanted = {"taskDefinition": family} if call.__name__ == "run_task" else {}
            assert error_of(call, cluster="snow-white", **wanted)["Code"] == "ClusterNotFoundException"
        assert there("ec2", region).describe_subnets()["Subnets"] == []
    assert "ClusterNotFoundException" in aws_fails("ecs", "list-tasks", "--cluster", "snow-white", "--region", AWAY)
    away = there("ecs", AWAY).describe_task_definition(taskDefinition=family)["taskDefinition"]
    assert away["taskDefinitionArn"].startswith(f"arn:aws:ecs:{AWAY}:") and document(AWAY, "TaskRole") in away["taskRoleArn"]
    assert error_of(there("ecs", EMPTY).describe_task_definition, taskDefinition=family)["Code"] == "ClientException"


def test_a_log_group_is_where_its_stack_is(there):
    def words(region):
        return error_of(there("logs", region).get_log_events, logGroupName="/ecs/snow-white", logStreamName="none")["Message"]

    assert words(HOME) == words(AWAY) == "The specified log stream does not exist."
    assert words(EMPTY) == "The specified log group does not exist."


# --- the region of a request

@EACH_PROTOCOL
def test_a_signature_for_one_region_does_not_do_for_another(sandbox, protocol, monkeypatch):
    def moved(*arguments, **settings):
        headers = signed(*arguments, **settings)
        return headers | {"Authorization": headers["Authorization"].replace(f"/{HOME}/", f"/{AWAY}/")}

    monkeypatch.setattr("clients.signed", moved)
    answer = post(sandbox, *CALLS[protocol])
    assert answer.status in (400, 401, 403), repr(answer)
    assert answer.code in ("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"), repr(answer)


@EACH_PROTOCOL
@pytest.mark.parametrize("region", ["eu-wst-1", "mars-1", "cn-north-1", "us-gov-west-1", "EU-WEST-1"])
def test_an_unknown_region(sandbox, protocol, region):
    answer = post(sandbox, *CALLS[protocol], region=region)
    assert answer.code in ("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"), repr(answer)
    assert protocol == "ec2" or f"valid region, not '{region}'" in answer.message, repr(answer)


def test_every_region_of_the_sdks_is_there(sandbox):
    partitions = botocore.loaders.create_loader().load_data("partitions")["partitions"]
    regions = [r for r in next(p for p in partitions if p["id"] == "aws")["regions"] if not r.endswith("-global")]
    assert len(regions) > 30
    for region in regions:
        assert post(sandbox, "ssm", "ListCommands", {}, region=region).status == 200, region


def test_iam_is_there_once(sandbox, there):
    assert there("iam", HOME).list_user_tags(UserName="alice")["Tags"]
    answer = post(sandbox, "iam", "ListUserTags", {"UserName": "alice"}, region=AWAY)
    assert answer.code == "SignatureDoesNotMatch" and f"not '{AWAY}'" in answer.message, repr(answer)


def test_sts_knows_the_caller_everywhere(there, aws):
    home = there("sts", HOME).get_caller_identity()
    for region in (AWAY, EMPTY):
        away = there("sts", region).get_caller_identity()
        assert (away["Arn"], away["Account"]) == (home["Arn"], home["Account"])
        assert aws("sts", "get-caller-identity", "--region", region)["Arn"] == home["Arn"]


# --- permissions are the account's

def test_an_operator_has_the_same_rights_over_workers_in_each_region(there, document):
    for region in (HOME, AWAY):
        ssm = there("ssm", region, "staging")
        assert ssm.send_command(DocumentName=document(region), Targets=[{"Key": TAG, "Values": ["acme-workers"]}])


def test_a_document_is_ours_by_its_whole_name_at_home_and_by_its_beginning_elsewhere(there):
    """Elsewhere it is found missing only after the right to send it was granted."""
    for logical in ("Quiet", "Status"):
        name = f"snow-white-{logical}SideKiqDocument-SOMEBODYELSE"
        wanted = {"DocumentName": name, "Targets": [{"Key": TAG, "Values": ["acme-workers"]}]}
        refused = error_of(there("ssm", HOME, "staging").send_command, **wanted)
        assert refused["Code"] == "AccessDeniedException", refused
        assert f"on resource: arn:aws:ssm:{HOME}:123456789012:document/{name} because" in refused["Message"]
        assert error_of(there("ssm", AWAY, "staging").send_command, **wanted)["Code"] == "InvalidDocument"


def test_a_right_in_one_region_is_none_in_another(there):
    error = error_of(there("ecs", AWAY, "staging").run_task, cluster="snow-white", taskDefinition="snow-white:1")
    assert error["Code"] == "AccessDeniedException"
    assert "perform: ecs:RunTask on resource: arn:aws:ecs:eu-west-1:" in error["Message"]


def test_a_task_of_the_home_region_quiets_workers_of_another(sandbox, document):
    role = "role/" + document(HOME, "TaskRole")
    task = Recorder(sandbox, role)
    done = snow_white(sandbox, "-a", "quiet", "-e", "mailers", "-f", "staging", "-p", "acme", "-r", AWAY, "--wait")
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    assert {c["region"] for c in task.calls() if c["action"] == "SendCommand"} == {AWAY}
    assert {c["region"] for c in task.calls() if c["service"] == "ecs"} <= {HOME}


# --- changes

def test_an_outage_of_one_region(sandbox, there, aws_fails):
    sandbox.post("faults", [f"aws@{AWAY}:*=unavailable"])
    try:
        for service, call in (("ssm", "list_commands"), ("ec2", "describe_instances"), ("sts", "get_caller_identity")):
            getattr(there(service, HOME), call)()
            error = error_of(getattr(there(service, AWAY), call))
            assert error["Code"] in ("ServiceUnavailable", "Unavailable", "ServiceUnavailableException"), error
        assert "Unavailable" in aws_fails("ssm", "list-commands", "--region", AWAY, AWS_MAX_ATTEMPTS="1")
        struck = {e["region"] for e in sandbox.look("stats")["timeline"] if e["fault"] == "unavailable"}
        assert struck == {AWAY}
    finally:
        sandbox.post("faults", [])
    assert there("ssm", AWAY).list_commands()


def test_one_action_in_one_region(sandbox, there):
    sandbox.post("faults", [f"ssm@{HOME}:ListCommands=throttled,first=1"])
    try:
        there("ssm", AWAY).list_commands()
        assert error_of(there("ssm", HOME).list_commands)["Code"] == "ThrottlingException"
        there("ssm", HOME).list_commands()
    finally:
        sandbox.post("faults", [])


@pytest.mark.parametrize("rule", ["ssm@mars-1:*=throttled", "ssm@:*=throttled", f"slack@{HOME}:Post=throttled",
                                  f"iam@{AWAY}:*=throttled"])
def test_a_fault_for_a_region_that_never_applies(sandbox, rule):
    with pytest.raises(urllib.error.HTTPError) as refused:
        sandbox.post("faults", [rule])
    assert refused.value.code == 400 and rule.partition("=")[0] in json.loads(refused.value.read())["message"]


def test_the_journal_says_the_region(sandbox, there):
    there("ssm", EMPTY).list_commands()
    assert sandbox.look("stats")["timeline"][-1]["region"] == EMPTY
    assert sandbox.look("requests")[-1]["region"] == EMPTY


def test_instances_come_and_go_in_their_region(sandbox, there, instances):
    before = {region: set(instances(region)) for region in FLEETS}
    launch = {"do": "launch", "environment": "acme-workers", "count": 2}
    launched = set(json.loads(sandbox.post("instances", launch | {"region": AWAY}))["instances"])
    assert set(instances(AWAY)) == before[AWAY] | launched and set(instances(HOME)) == before[HOME]
    sandbox.post("instances", {"do": "terminate", "instances": sorted(launched), "region": AWAY})
    assert {instances(AWAY)[i]["State"]["Name"] for i in launched} == {"terminated"}
    for wrong in (launch | {"region": EMPTY}, launch | {"region": "mars-1"},
                  {"do": "reboot", "instances": sorted(before[AWAY])[:1]}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            sandbox.post("instances", wrong)
        assert refused.value.code == 400


def test_the_page_shows_every_region(sandbox):
    fleet = sandbox.look("fleet")["environments"]
    assert [(e["region"], e["name"]) for e in fleet] == [(r, name) for r, names in FLEETS.items() for name in names]
    page = drawn(sandbox.url)
    assert all(f"acme · {region} · " in page for region in (HOME, AWAY))


@pytest.mark.parametrize("wish", ["mars-1/acme-workers=1", "/acme-workers=1", "eu-west-1/=1", "eu-west-1/us-east-1/acme=1"])
def test_an_invalid_environment_argument(wish):
    done = subprocess.run([SANDBOX, "up", "--simulated", "--environment", wish], capture_output=True, text=True, timeout=20,
                          env=clean_environment())
    assert done.returncode == 2 and wish in done.stderr and "REGION/" in done.stderr, done
