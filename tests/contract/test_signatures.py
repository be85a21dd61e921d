"""Who may call, and what may be called: signatures, clocks, unknown actions; in each of the three
protocols."""

import pytest

from clients import post

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=2", "--simulated", "--drain", "2s"]

# One cheap and correct call of each protocol.
RIGHT = {
    "query": ("cloudformation", "DescribeStackResource",
              {"StackName": "snow-white", "LogicalResourceId": "QuietSideKiqDocument"}),
    "ec2": ("ec2", "DescribeInstances", {}),
    "json": ("ssm", "ListCommands", {}),
}
EACH_PROTOCOL = pytest.mark.parametrize("protocol", RIGHT)


def expect(answer, sandbox, status, *codes):
    assert answer.status == status and answer.code in codes, \
        f"wanted {status} with one of {codes}, seen {answer!r}. {sandbox.where()}"


@EACH_PROTOCOL
def test_a_right_call_is_answered_with_a_request_id(sandbox, protocol):
    answer = post(sandbox, *RIGHT[protocol])
    assert answer.status == 200, repr(answer)
    assert answer.headers.get("x-amzn-RequestId") or "equest" in answer.body


@EACH_PROTOCOL
def test_a_wrong_secret(sandbox, protocol):
    answer = post(sandbox, *RIGHT[protocol], secret="wrong")
    if protocol == "json":
        expect(answer, sandbox, 400, "InvalidSignatureException")
    elif protocol == "ec2":
        expect(answer, sandbox, 401, "AuthFailure")
    else:
        expect(answer, sandbox, 403, "SignatureDoesNotMatch")


@EACH_PROTOCOL
@pytest.mark.parametrize("seconds", [-20 * 60, 20 * 60])
def test_a_clock_that_is_twenty_minutes_off(sandbox, protocol, seconds):
    answer = post(sandbox, *RIGHT[protocol], shifted_by=seconds)
    if protocol == "json":
        expect(answer, sandbox, 400, "InvalidSignatureException")
    elif protocol == "ec2":
        expect(answer, sandbox, 400, "RequestExpired")
    else:
        expect(answer, sandbox, 403, "SignatureDoesNotMatch", "RequestExpired")


@EACH_PROTOCOL
def test_a_clock_that_is_two_minutes_off_is_accepted(sandbox, protocol):
    assert post(sandbox, *RIGHT[protocol], shifted_by=-120).status == 200


@EACH_PROTOCOL
def test_no_signature_at_all(sandbox, protocol):
    answer = post(sandbox, *RIGHT[protocol], sign=False)
    expect(answer, sandbox, 400 if protocol in ("json", "ec2") else 403, "MissingAuthenticationToken",
           "MissingAuthenticationTokenException", "MissingParameter", "AuthFailure")


@EACH_PROTOCOL
def test_a_body_that_was_changed_after_signing(sandbox, protocol):
    service, action, parameters = RIGHT[protocol]
    headers = {"X-Amz-Date": "20260101T000000Z"}
    assert post(sandbox, service, action, parameters, change_headers=headers).status >= 400


@EACH_PROTOCOL
def test_a_signature_for_another_service(sandbox, protocol):
    answer = post(sandbox, *RIGHT[protocol], scope="sts")
    assert answer.status in (400, 403, 404), repr(answer)


@EACH_PROTOCOL
def test_an_unknown_session_token(sandbox, protocol):
    assert post(sandbox, *RIGHT[protocol], token="FwoGZXIvYXdzEXAMPLE").status in (400, 401, 403)


@EACH_PROTOCOL
def test_an_unknown_action(sandbox, protocol):
    service, action, parameters = RIGHT[protocol]
    answer = post(sandbox, service, action + "z", parameters)
    expect(answer, sandbox, 400, "UnknownOperationException", "InvalidAction")


@EACH_PROTOCOL
def test_an_action_in_the_wrong_case(sandbox, protocol):
    service, action, parameters = RIGHT[protocol]
    expect(post(sandbox, service, action.lower(), parameters), sandbox, 400, "UnknownOperationException", "InvalidAction")


@EACH_PROTOCOL
def test_a_misspelt_parameter(sandbox, protocol):
    service, action, parameters = RIGHT[protocol]
    answer = post(sandbox, service, action, parameters | {"MaxResultz": "5"})
    assert answer.status == 400 and "MaxResultz" in answer.message, repr(answer)


def test_a_version_of_the_api_that_does_not_exist(sandbox):
    answer = post(sandbox, "cloudformation", "DescribeStackResource", RIGHT["query"][2] | {"Version": "2011-01-01"})
    expect(answer, sandbox, 400, "InvalidAction")
    expect(post(sandbox, "ec2", "DescribeInstances", {"Version": "2011-01-01"}), sandbox, 400, "NoSuchVersion")


def test_a_body_that_is_no_json(sandbox):
    answer = post(sandbox, "ssm", "ListCommands", "not an object")
    expect(answer, sandbox, 400, "SerializationException")


@pytest.mark.parametrize("service", ["sts", "iam", "cloudformation", "elasticbeanstalk", "ec2", "ssm", "ecs", "logs"])
def test_every_service_refuses_an_action_it_does_not_have(sandbox, service):
    answer = post(sandbox, service, "DeleteEverything", {})
    expect(answer, sandbox, 400, "UnknownOperationException", "InvalidAction")


def test_boto3_calls_it_what_aws_calls_it(client):
    for service, call in (("sts", "get_caller_identity"), ("ecs", "list_clusters"), ("ssm", "list_commands")):
        with pytest.raises(client("ssm").exceptions.ClientError) as refused:
            getattr(client(service, aws_secret_access_key="wrong"), call)()
        assert refused.value.response["Error"]["Code"] in ("SignatureDoesNotMatch", "InvalidSignatureException")


def test_the_cli_says_it_too(aws_fails):
    assert "SignatureDoesNotMatch" in aws_fails("sts", "get-caller-identity", AWS_SECRET_ACCESS_KEY="wrong")
    assert "InvalidClientTokenId" in aws_fails("sts", "get-caller-identity", AWS_ACCESS_KEY_ID="AKIAUNKNOWNUNKNOWNUN")
