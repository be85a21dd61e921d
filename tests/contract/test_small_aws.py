"""The small AWS server itself, tested with boto3's and the AWS CLI's parsers: they complete a drain
on it."""

import urllib.error
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from programs import boto3_quiet, cli_quiet, client_environment
from small_aws import Plan, SmallAws


def client(aws, service):
    return boto3.client(service, endpoint_url=aws.url, region_name="us-east-1", aws_access_key_id="A",
                        aws_secret_access_key="B", config=Config(retries={"total_max_attempts": 1}))


def test_a_drain_by_boto3():
    with SmallAws(Plan(instances=51, environments=2, duration=1)) as aws:
        done = boto3_quiet(client_environment(aws.url), "acme", "workers")
    assert done.code == 0 and done.out.count(" Success\n") == 51, repr(done)
    assert aws.actions().count("SendCommand") == 2


def test_a_drain_by_the_cli():
    with SmallAws(Plan(instances=51, environments=2, duration=1)) as aws:
        done = cli_quiet(client_environment(aws.url), "acme", "workers")
    assert done.code == 0 and done.out == "Success 51 51 0\n", repr(done)


def test_one_of_ten_fails():
    with SmallAws(Plan(instances=20, duration=0.5, failing=10)) as aws:
        done = boto3_quiet(client_environment(aws.url), "acme", "workers")
    assert done.code == 1 and done.out.count(" Failed\n") == 2, repr(done)


def test_one_of_ten_never_ends():
    with SmallAws(Plan(instances=10, duration=0.1, never_ending=10)) as aws:
        ssm = client(aws, "ssm")
        document = client(aws, "cloudformation").describe_stack_resource(
            StackName="snow-white", LogicalResourceId="StopSideKiqDocument")["StackResourceDetail"]["PhysicalResourceId"]
        ssm.send_command(DocumentName=document, Targets=[{"Key": "tag:elasticbeanstalk:environment-name",
                                                          "Values": ["acme-workers-1"]}])
        for _ in range(50):
            [command] = ssm.list_commands()["Commands"]
            if command["CompletedCount"] == 9:
                break
    assert (command["Status"], command["TargetCount"]) == ("InProgress", 10)


def test_its_instances_are_what_boto3_takes_for_some():
    with SmallAws(Plan(instances=3, environments=2)) as aws:
        ec2 = client(aws, "ec2")
        ids = lambda **asked: [i["InstanceId"] for r in ec2.describe_instances(**asked)["Reservations"] for i in r["Instances"]]
        names = [{"Name": "tag:elasticbeanstalk:environment-name", "Values": ["*-1"]}]
        assert len(ids()) == 3 and len(ids(Filters=names)) == 2
        assert ids(Filters=names + [{"Name": "instance-state-name", "Values": ["stopped"]}]) == []
        assert ids(InstanceIds=ids()[:1]) == ids()[:1]
        with pytest.raises(ClientError, match="InvalidInstanceID.NotFound"):
            ids(InstanceIds=["i-00000000000000099"])


@pytest.mark.parametrize("service, call, parameters, code", [
    ("sts", "get_caller_identity", {}, "InvalidAction"), ("ec2", "describe_subnets", {}, "InvalidAction"),
    ("ssm", "describe_instance_information", {}, "UnknownOperationException"),
    ("elasticbeanstalk", "describe_applications", {}, "InvalidAction"),
    ("ssm", "list_command_invocations", {}, "UnknownOperationException"),  # left out below
])
def test_unknown_calls(service, call, parameters, code):
    with SmallAws(Plan(left_out=("ListCommandInvocations",))) as aws:
        with pytest.raises(ClientError) as refused:
            getattr(client(aws, service), call)(**parameters)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_it_wants_an_authorization_header():
    with SmallAws(Plan()) as aws, pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(aws.url, data=b"Action=DescribeEnvironments&Version=2010-12-01")
    assert refused.value.code == 403


def test_51_ids_and_an_unknown_id_are_refused():
    with SmallAws(Plan(instances=60)) as aws:
        ssm = boto3.client("ssm", endpoint_url=aws.url, region_name="us-east-1", aws_access_key_id="A",
                           aws_secret_access_key="B", config=Config(parameter_validation=False))
        for ids, code in (([f"i-{n:017x}" for n in range(51)], "ValidationException"), (["i-0fff"], "InvalidInstanceId")):
            with pytest.raises(ClientError) as refused:
                ssm.send_command(DocumentName="snow-white-QuietSideKiqDocument-1A2B3C4D5E6F", InstanceIds=ids)
            assert refused.value.response["Error"]["Code"] == code


def test_its_slack_records_messages():
    with SmallAws(Plan()) as aws:
        urllib.request.urlopen(aws.slack_url, data=b'{"text": "hello"}').close()
    assert [post["text"] for post in aws.posts] == ["hello"] and aws.calls == []
