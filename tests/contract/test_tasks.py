"""ECS and CloudWatch Logs: the task definition, tasks from PROVISIONING to STOPPED, their lines in
the log. any_account/test_reading_tasks.py has their answers about names that do not exist."""

import re
import time
import uuid

import pytest

from clients import post

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=2", "--simulated", "--drain", "2s"]
WAIT_SECONDS = 60  # for a task of some five seconds; the machine is shared
TASK_ARN = r"arn:aws:ecs:us-east-1:123456789012:task/snow-white/([0-9a-f]{32})"


@pytest.fixture(scope="module")
def ecs(client):
    return client("ecs")


@pytest.fixture(scope="module")
def request_of_task(sandbox):
    """RunTask's parameters as the helper has them; the pattern matches nothing, so that a task is
    short."""
    exports = sandbox.exports

    def make(pattern="nothing-matches-this", **more):
        variables = {"WORKER_ACTION": "quiet", "EB_APP_NAME": "acme", "EB_ENV_NAME_PATTERN_STRING": pattern}
        return {"cluster": exports["ECS_CLUSTER_NAME"], "taskDefinition": "snow-white", "launchType": "FARGATE",
                "startedBy": "alice", "networkConfiguration": {"awsvpcConfiguration": {
                    "subnets": [exports["subnet_id"]], "securityGroups": [exports["sec_group"]], "assignPublicIp": "ENABLED"}},
                "overrides": {"containerOverrides": [{"name": "snow-white", "environment": [
                    {"name": k, "value": v} for k, v in variables.items()]}]}} | more
    return make


@pytest.fixture(scope="module")
def wait(ecs, sandbox):
    """wait(arn) is the task when it has stopped, and its statuses until then."""
    def until_stopped(arn):
        seen, deadline = [], time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            [task] = ecs.describe_tasks(cluster="snow-white", tasks=[arn])["tasks"]
            if task["lastStatus"] not in seen:
                seen.append(task["lastStatus"])
            if task["lastStatus"] == "STOPPED":
                return task, seen
            time.sleep(0.05)
        raise AssertionError(f"wanted {arn} STOPPED within {WAIT_SECONDS} s, seen {seen}. {sandbox.where()}")
    return until_stopped


@pytest.fixture(scope="module")
def finished(ecs, request_of_task, wait):
    [task] = ecs.run_task(**request_of_task())["tasks"]
    return wait(task["taskArn"])


def refused(sandbox, service, action, parameters, *codes):
    answer = post(sandbox, service, action, parameters)
    assert answer.status == 400 and answer.code in codes, f"wanted 400 {codes}, seen {answer!r}. {sandbox.where()}"


def test_the_task_definition(ecs, aws):
    definition = ecs.describe_task_definition(taskDefinition="snow-white")["taskDefinition"]
    assert re.fullmatch(r"arn:aws:ecs:us-east-1:123456789012:task-definition/snow-white:\d+", definition["taskDefinitionArn"])
    assert (definition["family"], definition["networkMode"], definition["status"]) == ("snow-white", "awsvpc", "ACTIVE")
    assert "FARGATE" in definition["requiresCompatibilities"]
    [container] = definition["containerDefinitions"]
    assert container["name"] == "snow-white"
    variables = {v["name"]: v["value"] for v in container["environment"]}
    assert variables["CFN_STACK_NAME"] == "snow-white" and "SLACK_WEBHOOK" not in variables, "the webhook is a secret"
    assert [s["name"] for s in container["secrets"]] == ["SLACK_WEBHOOK"]
    assert container["logConfiguration"]["options"]["awslogs-group"] == "/ecs/snow-white"
    by_cli = aws("ecs", "describe-task-definition", "--task-definition", definition["taskDefinitionArn"])
    assert by_cli["taskDefinition"]["revision"] == definition["revision"]


def test_run_task_as_it_is_answered(ecs, request_of_task, wait):
    answer = ecs.run_task(**request_of_task(tags=[{"key": "team", "value": "release"}]))
    [task] = answer["tasks"]
    assert answer["failures"] == []
    assert re.fullmatch(TASK_ARN, task["taskArn"])
    assert (task["lastStatus"], task["desiredStatus"], task["launchType"]) == ("PROVISIONING", "RUNNING", "FARGATE")
    assert task["startedBy"] == "alice" and task["clusterArn"].endswith(":cluster/snow-white")
    assert task["taskDefinitionArn"].rpartition(":")[0].endswith("task-definition/snow-white")
    assert task["createdAt"].tzinfo and task["overrides"]["containerOverrides"][0]["name"] == "snow-white"
    wait(task["taskArn"])
    [tagged] = ecs.describe_tasks(cluster="snow-white", tasks=[task["taskArn"]], include=["TAGS"])["tasks"]
    assert tagged["tags"] == [{"key": "team", "value": "release"}]


def test_a_task_goes_through_its_statuses(finished):
    task, seen = finished
    order = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]
    assert seen == [s for s in order if s in seen], "each at most once, in their order"
    assert {"RUNNING", "STOPPED"} <= set(seen)
    assert task["stopCode"] == "EssentialContainerExited" and task["stoppedReason"]
    [container] = task["containers"]
    assert (container["name"], container["lastStatus"], container["exitCode"]) == ("snow-white", "STOPPED", 3)
    assert task["createdAt"] <= task["startedAt"] <= task["stoppedAt"]


def test_the_log_of_a_task(client, aws, finished):
    stream = "snow-white/snow-white/" + re.fullmatch(TASK_ARN, finished[0]["taskArn"])[1]
    logs = client("logs")
    whole = logs.get_log_events(logGroupName="/ecs/snow-white", logStreamName=stream, startFromHead=True)
    assert whole["events"] and any("nothing-matches-this" in e["message"] for e in whole["events"])
    stamps = [e["timestamp"] for e in whole["events"]]
    assert stamps == sorted(stamps) and abs(stamps[0] / 1000 - time.time()) < 600
    again = logs.get_log_events(logGroupName="/ecs/snow-white", logStreamName=stream, startFromHead=True,
                                nextToken=whole["nextForwardToken"])
    assert again["events"] == [] and again["nextForwardToken"] == whole["nextForwardToken"], "the end says the same token"
    one = logs.get_log_events(logGroupName="/ecs/snow-white", logStreamName=stream, startFromHead=True, limit=1)
    assert one["events"] == whole["events"][:1]
    by_cli = aws("logs", "get-log-events", "--log-group-name", "/ecs/snow-white", "--log-stream-name", stream,
                 "--start-from-head")
    assert [e["message"] for e in by_cli["events"]] == [e["message"] for e in whole["events"]]


def test_the_events_of_all_tasks_by_pages(client, aws, finished):
    """`aws logs tail`, the line that the launcher prints, calls FilterLogEvents."""
    pages = list(client("logs").get_paginator("filter_log_events").paginate(
        logGroupName="/ecs/snow-white", PaginationConfig={"PageSize": 2}))
    events = [e for p in pages for e in p["events"]]
    assert len(pages) > 1 and len({e["eventId"] for e in events}) == len(events)
    assert all(e["logStreamName"].startswith("snow-white/snow-white/") for e in events)
    by_cli = aws("logs", "filter-log-events", "--log-group-name", "/ecs/snow-white")
    assert {e["eventId"] for e in events} <= {e["eventId"] for e in by_cli["events"]}


@pytest.mark.parametrize("parameters, code", [
    ({"logGroupName": "/ecs/snow-white", "logStreamName": "x"}, "ResourceNotFoundException"),
    ({"logGroupName": "/ecs/snow-white", "logStreamName": "x", "startfromhead": True}, "InvalidParameterException")])
def test_get_log_events_of_no_stream_and_misspelt(sandbox, parameters, code):
    refused(sandbox, "logs", "GetLogEvents", parameters, code)


def test_the_same_client_token_starts_one_task(sandbox, ecs, request_of_task):
    token = str(uuid.uuid4())
    first = ecs.run_task(**request_of_task(clientToken=token))
    again = ecs.run_task(**request_of_task(clientToken=token))
    assert first["tasks"][0]["taskArn"] == again["tasks"][0]["taskArn"]
    other = ecs.run_task(**request_of_task(clientToken=str(uuid.uuid4())))
    assert other["tasks"][0]["taskArn"] != first["tasks"][0]["taskArn"]
    refused(sandbox, "ecs", "RunTask", request_of_task(clientToken=token, startedBy="bob"), "ConflictException")


def test_stopping_a_task(ecs, aws, request_of_task, wait):
    [task] = ecs.run_task(**request_of_task(pattern="workers"))["tasks"]
    stopped = ecs.stop_task(cluster="snow-white", task=task["taskArn"], reason="enough")["task"]
    assert (stopped["taskArn"], stopped["desiredStatus"]) == (task["taskArn"], "STOPPED")
    end, _ = wait(task["taskArn"])
    assert (end["stopCode"], end["stoppedReason"]) == ("UserInitiated", "enough")
    [other] = ecs.run_task(**request_of_task())["tasks"]
    assert aws("ecs", "stop-task", "--cluster", "snow-white", "--task", other["taskArn"])["task"]["taskArn"] == other["taskArn"]
    wait(other["taskArn"])


def test_a_task_that_is_not_there(ecs, sandbox, finished):
    missing = finished[0]["taskArn"][:-4] + "0000"
    answer = ecs.describe_tasks(cluster="snow-white", tasks=[missing])
    assert answer["tasks"] == [] and answer["failures"] == [{"arn": missing, "reason": "MISSING"}]
    refused(sandbox, "ecs", "StopTask", {"cluster": "snow-white", "task": missing}, "InvalidParameterException")


@pytest.mark.parametrize("action, parameters", [
    ("StopTask", {"task": "x"}), ("RunTask", None)])
def test_no_such_cluster(sandbox, request_of_task, action, parameters):
    parameters = (parameters or request_of_task()) | {"cluster": "snow-black"}
    refused(sandbox, "ecs", action, parameters, "ClusterNotFoundException")


def test_no_such_cluster_by_the_cli(aws_fails):
    assert "ClusterNotFoundException" in aws_fails("ecs", "describe-tasks", "--cluster", "snow-black", "--tasks", "x")


@pytest.mark.parametrize("change, codes", [
    ({"taskDefinition": "snow-black"}, ["ClientException"]),
    ({"taskDefinition": None}, ["ClientException", "InvalidParameterException"]),
    ({"count": 11}, ["InvalidParameterException"]), ({"count": 0}, ["InvalidParameterException"]),
    ({"startedBy": "alice@example.com"}, ["InvalidParameterException"]),
    ({"startedBy": "a" * 129}, ["InvalidParameterException"]),
    ({"clientToken": "t" * 65}, ["InvalidParameterException"]),
    ({"launchType": "LAMBDA"}, ["InvalidParameterException"]),
    ({"networkConfiguration": None}, ["InvalidParameterException"]),
    ({"overrides": {"containerOverrides": [{"name": "no-such-container"}]}}, ["InvalidParameterException"]),
    ({"overrides": {"containerOverrides": [{"name": "snow-white", "environment": [{"name": "X", "value": "v" * 9000}]}]}},
     ["InvalidParameterException"]),
    ({"overrides": {"containerOverride": []}}, ["InvalidParameterException"]),
    ({"TaskDefinition": "snow-white"}, ["InvalidParameterException"]),
    ({"count": "1"}, ["SerializationException"]),
], ids=lambda value: None if isinstance(value, list) else ",".join(f"{k}={str(v)[:24]}" for k, v in value.items()))
def test_a_wrong_run_task(sandbox, request_of_task, change, codes):
    parameters = {k: v for k, v in request_of_task(**change).items() if v is not None}
    refused(sandbox, "ecs", "RunTask", parameters, *codes)


def test_a_subnet_that_is_not_there(sandbox, request_of_task):
    network = {"awsvpcConfiguration": {"subnets": ["subnet-00000000000000000"]}}
    refused(sandbox, "ecs", "RunTask", request_of_task(networkConfiguration=network), "InvalidParameterException")
