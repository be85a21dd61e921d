"""Elastic Beanstalk, EC2 and CloudFormation by calls that only read: what exists, and names that do
not exist."""

import re
import xml.etree.ElementTree

import pytest

from account import words

TAG = "tag:elasticbeanstalk:environment-name"
NOBODY = "snow-white-contract-nobody"
UNKNOWN_INSTANCE = "i-0123456789abcdef0"


def elements_of(text):
    """{the name without its namespace: the text} of all elements."""
    return {e.tag.rpartition("}")[2]: e.text or "" for e in xml.etree.ElementTree.fromstring(text.encode()).iter()}


# --- Elastic Beanstalk

@pytest.mark.parametrize("parameters", [{"ApplicationName": NOBODY}, {"EnvironmentNames": [NOBODY]},
                                        {"EnvironmentIds": ["e-0000000000"]}], ids=words)
def test_environments_that_nobody_has(account, parameters):
    assert account.call("elasticbeanstalk", "DescribeEnvironments", parameters)["Environments"] == []


def test_an_application_that_nobody_has(account):
    assert account.call("elasticbeanstalk", "DescribeApplications", {"ApplicationNames": [NOBODY]})["Applications"] == []


@pytest.mark.parametrize("parameters", [{"MaxRecords": "0"}, {"MaxRecords": "1001"}, {"MaxRecords": "many"},
                                        {"EnvironmentNames": ["abc"]}, {"NextToken": "no-such-token", "MaxRecords": "1"}], ids=words)
def test_a_wrong_describe_environments(account, parameters):
    account.refused("elasticbeanstalk", "DescribeEnvironments", parameters, "ValidationError", "MalformedInput",
                    "InvalidParameterValue")


def test_environments_by_pages(account):
    """Each environment once, a page at most as long as requested."""
    seen, token = [], {}
    for _ in range(20):
        page = account.call("elasticbeanstalk", "DescribeEnvironments", {"MaxRecords": 1, **token}, kept=False)
        assert len(page["Environments"]) <= 1
        seen += [e["EnvironmentId"] for e in page["Environments"]]
        token = {"NextToken": page.get("NextToken")}
        if not token["NextToken"]:
            break
    if not seen:
        pytest.skip("there is no Elastic Beanstalk environment in this region")
    assert len(seen) == len(set(seen)), "an environment is on two pages"


def test_the_resources_of_no_environment(account):
    account.refused("elasticbeanstalk", "DescribeEnvironmentResources", {"EnvironmentName": NOBODY}, "InvalidParameterValue")
    assert account.refusal("elasticbeanstalk", "DescribeEnvironmentResources", {}).status == 400


# --- EC2

@pytest.mark.parametrize("ids, code", [([UNKNOWN_INSTANCE], "InvalidInstanceID.NotFound"),
                                       (["nonsense"], "InvalidInstanceID.Malformed")], ids=words)
def test_instances_by_an_id_that_nobody_has(account, ids, code):
    account.refused("ec2", "DescribeInstances", {"InstanceIds": ids}, code)


@pytest.mark.parametrize("name, value", [("tag:x", NOBODY), (TAG, NOBODY), (TAG, NOBODY + "*"), ("instance-id", UNKNOWN_INSTANCE)], ids=words)
def test_no_instance_passes_a_filter_that_nothing_meets(account, name, value):
    """A filter by an ID that does not exist refuses nothing, unlike the parameter."""
    assert account.call("ec2", "DescribeInstances", {"Filters": [{"Name": name, "Values": [value]}]})["Reservations"] == []


def test_200_values_are_the_most_of_all_filters_together(account):
    def filters(count):
        return {"Filters": [{"Name": TAG, "Values": [f"{NOBODY}-{n}" for n in range(count)]},
                            {"Name": "instance-state-name", "Values": ["running", "stopped"]}]}
    assert account.call("ec2", "DescribeInstances", filters(198))["Reservations"] == []
    account.refused("ec2", "DescribeInstances", filters(199), "FilterLimitExceeded")


@pytest.mark.parametrize("parameters", [
    {"MaxResults": "4"}, {"MaxResults": "1001"}, {"MaxResults": "many"}, {"NextToken": "no-such-token", "MaxResults": "5"},
    {"Filters": [{"Name": "no-such-filter", "Values": ["x"]}]}, {"InstanceIds": [UNKNOWN_INSTANCE], "MaxResults": "5"}], ids=words)
def test_a_wrong_describe_instances(account, parameters):
    seen = account.refusal("ec2", "DescribeInstances", parameters)
    assert seen.status == 400 and seen.code, repr(seen)


def test_instances_as_they_are_written(account):
    account.call("ec2", "DescribeInstances", {"MaxResults": 5}, kept=False)
    launched = re.findall(r"<launchTime>([^<]*)<", account.recorder.last.body)
    if not launched:
        pytest.skip("there is no EC2 instance in this region")
    for moment in launched:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", moment), moment


@pytest.mark.parametrize("action, parameters, code", [
    ("DescribeSubnets", {"SubnetIds": ["subnet-0123456789abcdef0"]}, "InvalidSubnetID.NotFound"),
    ("DescribeSecurityGroups", {"GroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound")], ids=words)
def test_a_network_that_nobody_has(account, action, parameters, code):
    account.refused("ec2", action, parameters, code)


def test_an_error_of_ec2_as_it_is_written(account):
    seen = account.refusal("ec2", "DescribeInstances", {"InstanceIds": [UNKNOWN_INSTANCE]})
    written = elements_of(seen.body)
    assert {"Response", "Errors", "Error", "Code", "Message", "RequestID"} <= written.keys(), repr(seen)
    assert written["Code"] == "InvalidInstanceID.NotFound" and UNKNOWN_INSTANCE in written["Message"], repr(seen)


# --- CloudFormation

def test_a_resource_of_a_stack_that_nobody_has(account):
    seen = account.refused("cloudformation", "DescribeStackResource",
                           {"StackName": NOBODY, "LogicalResourceId": "QuietSideKiqDocument"}, "ValidationError")
    assert f"Stack '{NOBODY}' does not exist" in seen.message, repr(seen)


@pytest.mark.parametrize("parameters", [{}, {"StackName": NOBODY}, {"LogicalResourceId": "QuietSideKiqDocument"}], ids=words)
def test_describe_stack_resource_with_half_its_parameters(account, parameters):
    account.refused("cloudformation", "DescribeStackResource", parameters, "ValidationError")


def test_an_error_of_the_query_protocol_as_it_is_written(account):
    seen = account.refusal("cloudformation", "DescribeStackResource", {"StackName": NOBODY, "LogicalResourceId": "X"})
    written = elements_of(seen.body)
    assert {"ErrorResponse", "Error", "Code", "Message", "RequestId"} <= written.keys(), repr(seen)
