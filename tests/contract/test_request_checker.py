"""The checker of requests itself: it accepts what botocore sends, and finds each kind of fault."""

import json

import boto3
import pytest
from botocore.config import Config

from request_checker import check_request

DOCUMENT = "snow-white-QuietSideKiqDocument-AB12CD34EF56"
COMMAND = "01234567-89ab-cdef-0123-456789abcdef"
# One call of each protocol and of each kind of parameter: lists, structures, numbers, flags,
# timestamps.
CALLS = [
    ("sts", "get_caller_identity", {}),
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::123456789012:role/Deploy", "RoleSessionName": "xyz",
                            "DurationSeconds": 900, "Tags": [{"Key": "a", "Value": "b"}]}),
    ("iam", "list_user_tags", {"UserName": "alice", "MaxItems": 100}),
    ("ec2", "describe_instances", {"Filters": [{"Name": "tag:x", "Values": ["a", "b"]}], "MaxResults": 5,
                                   "InstanceIds": ["i-0123456789abcdef0"]}),
    ("cloudformation", "describe_stack_resource", {"StackName": "s", "LogicalResourceId": "l"}),
    ("elasticbeanstalk", "describe_environments", {"ApplicationName": "acme", "EnvironmentNames": ["acme-a"],
                                                   "IncludeDeleted": False, "MaxRecords": 1000}),
    ("ssm", "send_command", {"DocumentName": DOCUMENT, "Targets": [{"Key": "tag:x", "Values": ["y"]}],
                             "MaxErrors": "100%", "Parameters": {"a": ["b"]}, "TimeoutSeconds": 600}),
    ("ecs", "run_task", {"taskDefinition": "snow-white", "launchType": "FARGATE", "networkConfiguration": {
        "awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}}}),
    ("logs", "get_log_events", {"logGroupName": "/ecs/x", "logStreamName": "a/b/c", "startFromHead": True}),
]


class Caught(Exception):
    pass


def request_of(service, call, parameters):
    """What botocore would have sent, as the sandbox records it."""
    client = boto3.client(service, region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE",
                          aws_secret_access_key="s", endpoint_url="http://127.0.0.1:9",
                          config=Config(retries={"total_max_attempts": 1}))
    caught = []

    def keep(request, **_):
        caught.append(request)
        raise Caught

    client.meta.events.register("before-send", keep)
    with pytest.raises(Caught):
        getattr(client, call)(**parameters)
    body = caught[0].body or b""
    headers = {k: v.decode() if isinstance(v, bytes) else v for k, v in caught[0].headers.items()}
    return {"method": caught[0].method, "path": "/", "headers": headers,
            "body": body.decode() if isinstance(body, bytes) else body}


@pytest.mark.parametrize("service, call, parameters", CALLS, ids=[f"{s}-{c}" for s, c, _ in CALLS])
def test_requests_of_botocore_are_accepted(service, call, parameters):
    assert check_request(request_of(service, call, parameters)) == []


def changed_json(change, **top):
    request = request_of("ssm", "send_command", {"DocumentName": DOCUMENT, "InstanceIds": ["i-0123456789abcdef0"]})
    body = json.loads(request["body"])
    body.update(change)
    request["body"] = json.dumps({k: v for k, v in body.items() if v is not None})
    request.update(top)
    return request


@pytest.mark.parametrize("change, said", [
    ({"DocumentName": None}, "required member DocumentName is missing"),
    ({"documentName": "x"}, "unknown member documentName"),
    ({"DocumentName": "a b"}, "pattern"),
    ({"InstanceIds": [f"i-{n:017x}" for n in range(51)]}, "length 51"),
    ({"InstanceIds": "i-0123456789abcdef0"}, "the model has a list"),
    ({"Comment": "c" * 101}, "length 101"),
    ({"TimeoutSeconds": 29}, "value 29"),
    ({"TimeoutSeconds": "600"}, "the model has a integer"),
    ({"Targets": [{"key": "tag:x", "Values": ["y"]}]}, "unknown member Targets[0].key"),
    ({"MaxErrors": "101%"}, "pattern"),
    ({"DocumentHashType": "sha256"}, "one of"),
    ({"Parameters": {"a": "b"}}, "the model has a list"),
])
def test_a_fault_in_a_json_body_is_found(change, said):
    findings = check_request(changed_json(change))
    assert len(findings) == 1 and said in findings[0], findings


@pytest.mark.parametrize("header, value, said", [
    ("Content-Type", "application/json", "Content-Type"),
    ("X-Amz-Target", "AmazonSSM.SendCommands", "no such operation"),
    ("X-Amz-Target", "AmazonSsm.SendCommand", "target prefix"),
    ("Authorization", "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/ecs/aws4_request", "signed for the service ecs"),
    ("Authorization", "Bearer x", "no credential scope"),
])
def test_a_fault_in_a_header_is_found(header, value, said):
    request = changed_json({})
    request["headers"][header] = value
    assert any(said in finding for finding in check_request(request)), check_request(request)


@pytest.mark.parametrize("top, said", [
    ({"method": "GET"}, "GET"), ({"path": "/ssm"}, "/ssm"), ({"body": "{"}, "no JSON"), ({"service": "ecs"}, "took it for"),
])
def test_a_fault_in_the_request_line_is_found(top, said):
    assert any(said in finding for finding in check_request(changed_json({}, **top)))


@pytest.mark.parametrize("service, call, parameters, old, new, said", [
    (*CALLS[5], "MaxRecords=1000", "MaxRecords=1001", "value 1001"),
    (*CALLS[5], "MaxRecords", "MaxResults", "unknown member MaxResults"),
    (*CALLS[5], "EnvironmentNames.member.1", "EnvironmentNames.1", "EnvironmentNames.member.N"),
    (*CALLS[5], "member.1", "member.0", "numbered from 1"),
    (*CALLS[5], "IncludeDeleted=false", "IncludeDeleted=False", "the model has a boolean"),
    (*CALLS[5], "Version=2010-12-01", "Version=2010-12-02", "no service has the operation"),
    (*CALLS[4], "LogicalResourceId=l", "LogicalId=l", "required member LogicalResourceId is missing"),
    (*CALLS[3], "Filter.1.Value.2", "Filter.1.Value.3", "numbered from 1"),
    (*CALLS[3], "Filter.1.Name", "Filters.1.Name", "unknown member Filters"),
])
def test_a_fault_in_a_form_is_found(service, call, parameters, old, new, said):
    request = request_of(service, call, parameters)
    assert old in request["body"], request["body"]
    request["body"] = request["body"].replace(old, new)
    assert any(said in finding for finding in check_request(request)), check_request(request)
