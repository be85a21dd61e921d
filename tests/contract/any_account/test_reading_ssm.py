"""SSM by calls that only read: what an account answers to wrong filters, wrong pages, and names
that do not exist."""

import json

import pytest

from account import words

TAG = "elasticbeanstalk:environment-name"
NOBODY = "snow-white-contract-nobody"
UNKNOWN_COMMAND = "01234567-89ab-cdef-0123-456789abcdef"
UNKNOWN_INSTANCE = "i-0123456789abcdef0"
BY_TAG = {"Key": f"tag:{TAG}", "Values": [NOBODY]}
BY_PING = {"Key": "PingStatus", "Values": ["Online"]}


@pytest.mark.parametrize("parameters, code", [
    ({"MaxResults": 4}, "ValidationException"), ({"MaxResults": 51}, "ValidationException"),
    ({"MaxResults": "5"}, "SerializationException"), ({"Filters": [{"Key": "Nonsense", "Values": ["x"]}]}, "ValidationException"),
    ({"Filters": [{"Key": "InstanceIds"}]}, "ValidationException"), ({"NextToken": "no-such-token"}, "InvalidNextToken"),
    ({"Filters": [BY_TAG, BY_PING]}, "ValidationException"),
    ({"Filters": [{"Key": "tag-key", "Values": [TAG]}, {"Key": "InstanceIds", "Values": [UNKNOWN_INSTANCE]}]}, "ValidationException"),
    ({"Filters": [BY_PING], "InstanceInformationFilterList": [{"key": "PingStatus", "valueSet": ["Online"]}]},
     "ValidationException")], ids=words)
def test_a_wrong_describe_instance_information(account, parameters, code):
    account.refused("ssm", "DescribeInstanceInformation", parameters, code)


def test_the_words_about_a_tag_beside_another_filter(account):
    seen = account.refusal("ssm", "DescribeInstanceInformation", {"Filters": [BY_TAG, BY_PING]})
    assert "Cannot mix tag or inventory filter with any other filter" in seen.message, repr(seen)


@pytest.mark.parametrize("filters", [[BY_TAG], [{"Key": "InstanceIds", "Values": [UNKNOWN_INSTANCE]}]], ids=words)
def test_nobody_is_an_empty_list(account, filters):
    """An ID that is not managed is left out, not refused."""
    found = account.call("ssm", "DescribeInstanceInformation", {"Filters": filters})
    assert found["InstanceInformationList"] == [] and not found.get("NextToken"), found


@pytest.mark.parametrize("filters", [[], [BY_PING]], ids=words)
def test_managed_instances_as_they_are_written(account, filters):
    account.call("ssm", "DescribeInstanceInformation", {"Filters": filters, "MaxResults": 5}, kept=False)
    found = json.loads(account.recorder.last.body)["InstanceInformationList"]
    if not found:
        pytest.skip("no instance of this region is managed by SSM")
    assert len(found) <= 5
    for instance in found:
        assert instance["PingStatus"] in ("Online", "ConnectionLost", "Inactive"), instance["PingStatus"]
        assert isinstance(instance["LastPingDateTime"], (int, float)), "seconds since 1970"


@pytest.mark.parametrize("action, list_name", [("ListCommands", "Commands"), ("ListCommandInvocations", "CommandInvocations")], ids=words)
def test_no_command_has_that_id(account, action, list_name):
    """Both answers have been seen; the program handles either."""
    try:
        found = account.call("ssm", action, {"CommandId": UNKNOWN_COMMAND})
    except account.client("ssm").exceptions.ClientError:
        assert (account.recorder.last.status, account.recorder.last.code) == (400, "InvalidCommandId"), account.recorder.last
    else:
        assert found[list_name] == [], found


@pytest.mark.parametrize("action", ["ListCommands", "ListCommandInvocations"], ids=words)
@pytest.mark.parametrize("parameters, code", [
    ({"MaxResults": 0}, "ValidationException"), ({"MaxResults": 51}, "ValidationException"),
    ({"NextToken": "no-such-token"}, "InvalidNextToken"), ({"CommandId": "short"}, "ValidationException"),
    ({"InstanceId": "nonsense"}, "ValidationException"), ({"Filters": []}, "ValidationException"),
    ({"Filters": [{"key": "Nonsense", "value": "x"}]}, "ValidationException"),
    ({"Filters": [{"key": "Status"}]}, "ValidationException")], ids=words)
def test_a_wrong_list(account, action, parameters, code):
    account.refused("ssm", action, parameters, code, "InvalidFilterKey" if "Nonsense" in str(parameters) else code)


def test_commands_as_they_are_written(account):
    account.call("ssm", "ListCommands", {"MaxResults": 50}, kept=False)
    found = json.loads(account.recorder.last.body)["Commands"]
    if not found:
        pytest.skip("nobody has sent a command in this region within 30 days")
    assert len(found) <= 50
    for command in found:
        assert isinstance(command["RequestedDateTime"], (int, float)), "seconds since 1970"
        assert 0 <= command["CompletedCount"] <= command["TargetCount"], command["CommandId"]
    requested = [c["RequestedDateTime"] for c in found]
    assert requested == sorted(requested, reverse=True), "the newest first"


def test_the_invocation_of_no_command(account):
    account.refused("ssm", "GetCommandInvocation", {"CommandId": UNKNOWN_COMMAND, "InstanceId": UNKNOWN_INSTANCE},
                    "InvocationDoesNotExist", "InvalidCommandId")


@pytest.mark.parametrize("action", ["DescribeDocument", "GetDocument"], ids=words)
def test_a_document_that_nobody_has(account, action):
    account.refused("ssm", action, {"Name": NOBODY}, "InvalidDocument")


def test_an_error_of_ssm_as_it_is_written(account):
    seen = account.refusal("ssm", "GetDocument", {"Name": NOBODY})
    assert json.loads(seen.body)["__type"].rpartition("#")[2] == "InvalidDocument", repr(seen)
    assert seen.headers.get("x-amzn-requestid"), "the request's id is in a header"
