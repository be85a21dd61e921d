"""ECS and CloudWatch Logs by calls that only read: clusters, definitions and logs that do not
exist."""

import pytest

from account import words

NOBODY = "snow-white-contract-nobody"


def test_no_such_cluster(account):
    account.refused("ecs", "DescribeTasks", {"cluster": NOBODY, "tasks": ["x"]}, "ClusterNotFoundException")
    account.refused("ecs", "ListTasks", {"cluster": NOBODY}, "ClusterNotFoundException")


def test_a_cluster_that_nobody_has_is_a_failure_and_no_error(account):
    found = account.call("ecs", "DescribeClusters", {"clusters": [NOBODY]})
    assert found["clusters"] == [] and [f["reason"] for f in found["failures"]] == ["MISSING"], found


@pytest.mark.parametrize("parameters, codes", [
    ({"taskDefinition": NOBODY}, ["ClientException"]), ({}, ["InvalidParameterException", "ClientException"])], ids=words)
def test_a_task_definition_that_is_not_there(account, parameters, codes):
    account.refused("ecs", "DescribeTaskDefinition", parameters, *codes)


@pytest.mark.parametrize("parameters, code", [
    ({"logGroupName": f"/ecs/{NOBODY}", "logStreamName": "x"}, "ResourceNotFoundException"),
    ({"logGroupName": f"/ecs/{NOBODY}"}, "InvalidParameterException"),
    ({"logGroupName": f"/ecs/{NOBODY}", "logStreamName": "x", "limit": 0}, "InvalidParameterException"),
    ({"logGroupName": f"/ecs/{NOBODY}", "logStreamName": "x", "limit": 10001}, "InvalidParameterException")], ids=words)
def test_a_wrong_get_log_events(account, parameters, code):
    account.refused("logs", "GetLogEvents", parameters, code)
