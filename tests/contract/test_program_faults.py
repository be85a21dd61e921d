"""The program with a faulty connection to AWS: lost answers, refusals, throttling, an interruption
in between."""

import re
import time

import pytest

from faulty_proxy import HANG, LOST, FaultyProxy, json_answer, json_error, query_error
from operator_flags import TASK, flags, wake
from programs import Running, at_the_prompt, snow_white
from sandbox_process import PROGRAM

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--relayed", "--drain", "1s"]


@pytest.fixture
def awake(sandbox, client):
    wake(sandbox, client, "acme-Workers")


def through(sandbox, proxy, *arguments, **environment):
    return snow_white(sandbox, *arguments, AWS_ENDPOINT_URL=proxy.url, **environment)


def tokens(sandbox):
    requests = [r for r in sandbox.look("requests") if r["action"] == "RunTask"]
    return [re.search(r'"clientToken":\s*"([^"]+)"', r["body"])[1] for r in requests if "clientToken" in r["body"]]


def running_tasks(client):
    return [t for status in ("RUNNING", "STOPPED")
            for t in client("ecs").list_tasks(cluster="snow-white", desiredStatus=status)["taskArns"]]


def test_a_lost_answer_of_run_task_starts_one_task(sandbox, client):
    before = set(running_tasks(client))
    with FaultyProxy(sandbox, RunTask=[LOST]) as proxy:
        done = through(sandbox, proxy, *flags())
    assert done.code == 0, repr(done)
    assert proxy.seen.count("RunTask") == 2, "the answer was asked for again"
    assert tokens(sandbox)[-1] == tokens(sandbox)[-2], "by the same token"
    [new] = set(running_tasks(client)) - before
    assert new == TASK.search(done.out)[0]
    client("ecs").stop_task(cluster="snow-white", task=new)


@pytest.mark.parametrize("fault", [json_error("ThrottlingException"), json_error("ServerException", status=500)])
def test_a_throttled_run_task_is_retried(sandbox, client, fault):
    with FaultyProxy(sandbox, RunTask=[fault, fault]) as proxy:
        done = through(sandbox, proxy, *flags())
    assert done.code == 0 and proxy.seen.count("RunTask") == 3, repr(done)
    client("ecs").stop_task(cluster="snow-white", task=TASK.search(done.out)[0])


def test_a_lack_of_capacity_passes_or_is_an_error(sandbox, client):
    answer = json_answer({"tasks": [], "failures": [{"arn": "arn:aws:ecs:us-east-1:123456789012:container-instance/x",
                                                     "reason": "RESOURCE:CPU", "detail": "Capacity is unavailable."}]})
    with FaultyProxy(sandbox, RunTask=[answer]) as proxy:
        done = through(sandbox, proxy, *flags())
    assert done.code == 0 and "RESOURCE:CPU: Capacity is unavailable." in done.err, repr(done)
    client("ecs").stop_task(cluster="snow-white", task=TASK.search(done.out)[0])
    with FaultyProxy(sandbox, RunTask=[answer] * 9) as proxy:
        done = through(sandbox, proxy, *flags())
    assert done.code == 4 and "RESOURCE:CPU" in done.err and not TASK.search(done.text), repr(done)
    assert proxy.seen.count("RunTask") == 4


def test_throttling_that_ecs_wraps_is_retried(sandbox, client):
    fault = json_error("InvalidParameterException", "Error retrieving subnet information for [subnet-1]: Rate exceeded "
                                                    "(ErrorCode: Throttling)")
    with FaultyProxy(sandbox, RunTask=[fault, fault]) as proxy:
        done = through(sandbox, proxy, *flags())
    assert done.code == 0 and proxy.seen.count("RunTask") == 3, repr(done)
    client("ecs").stop_task(cluster="snow-white", task=TASK.search(done.out)[0])


def test_text_of_aws_cannot_control_a_terminal(sandbox):
    fault = json_error("ClientException", "no\x1b[2J\nsnow-white: all is well")
    with FaultyProxy(sandbox, RunTask=[fault]) as proxy:
        done = through(sandbox, proxy, *flags())
    assert done.code == 4 and "\x1b" not in done.text and len(done.err.strip().splitlines()) == 1, repr(done)


def test_a_denied_run_task(sandbox):
    with FaultyProxy(sandbox, RunTask=[json_error("AccessDeniedException", "not authorized to perform: ecs:RunTask")]) as proxy:
        done = through(sandbox, proxy, *flags())
    assert done.code == 6 and "ecs:RunTask" in done.err, repr(done)


def quiets_sent(sandbox):
    return len([r for r in sandbox.look("requests") if r["action"] == "SendCommand" and "QuietSideKiq" in r["body"]])


def test_a_lost_answer_of_send_command_sends_one_command(sandbox, awake):
    before = quiets_sent(sandbox)
    with FaultyProxy(sandbox, SendCommand=[LOST]) as proxy:
        done = through(sandbox, proxy, *flags(), "--here")
    assert done.code == 0, repr(done)
    assert quiets_sent(sandbox) - before == 1, f"wanted one quiet: {done!r}"


def test_throttled_while_waiting(sandbox, awake):
    with FaultyProxy(sandbox, ListCommands=[json_error("ThrottlingException", "Rate exceeded")] * 3,
                     ListCommandInvocations=[json_error("ThrottlingException", "Rate exceeded")]) as proxy:
        done = through(sandbox, proxy, *flags(), "--here")
    assert done.code == 0, repr(done)


def test_no_answer_from_aws(sandbox):
    done = snow_white(sandbox, *flags(), AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert done.code == 9 and len(done.err.strip().splitlines()) == 1, repr(done)


def test_interrupted_while_following(sandbox, awake):
    with FaultyProxy(sandbox, ListCommandInvocations=[json_error("ThrottlingException")] * 50) as proxy:
        running = Running([PROGRAM, *flags(), "--here"], at_the_prompt(sandbox, AWS_ENDPOINT_URL=proxy.url))
        running.wait_for_output("sent to")
        running.process.terminate()
        done = running.wait(20)
    assert done.code == 8 and "the quiet continues" in done.out, repr(done)


@pytest.mark.parametrize("action", ["DescribeInstances", "ListCommands"])
def test_interrupted_while_aws_does_not_answer(sandbox, awake, action):
    slack = {"SLACK_WEBHOOK": sandbox.url + "/services/T0SANDBOX/B0SANDBOX/secret", "NOTIFY_SLACK_CHANNEL": "#ops"}
    before = len(sandbox.look("slack"))
    with FaultyProxy(sandbox, **{action: [HANG] * 9}) as proxy:
        running = Running([PROGRAM, *flags(), "--here"], at_the_prompt(sandbox, AWS_ENDPOINT_URL=proxy.url, **slack))
        proxy.wait_for(action)
        told = time.monotonic()
        running.process.terminate()
        done = running.wait(20)
    assert done.code == 8 and "to begin again" in done.out, repr(done)
    assert time.monotonic() - told < 8, f"wanted it not to wait for the answer (10 s): {done!r}"
    assert "to begin again" in sandbox.look("slack")[before:][-1]["text"]


def test_interrupted_before_there_is_a_task(sandbox):
    with FaultyProxy(sandbox, DescribeEnvironments=[HANG] * 9) as proxy:
        running = Running([PROGRAM, *flags()], at_the_prompt(sandbox, AWS_ENDPOINT_URL=proxy.url))
        proxy.wait_for("DescribeEnvironments")
        running.process.terminate()
        done = running.wait(20)
    assert done.code == 8 and "RunTask" not in proxy.seen, repr(done)


def test_expired_credentials_are_refreshed(sandbox, awake):
    with FaultyProxy(sandbox, ListCommands=[json_error("ExpiredTokenException")],
                     SendCommand=[json_error("ExpiredTokenException")]) as proxy:
        done = through(sandbox, proxy, *flags(), "--here")
    assert done.code == 0, repr(done)


def test_a_wrong_clock_is_reported(sandbox):
    fault = query_error("SignatureDoesNotMatch", "Signature expired: 20261124T000000Z is now earlier than …")
    with FaultyProxy(sandbox, GetCallerIdentity=[fault] * 9) as proxy:
        proxy.ahead = 3600
        done = through(sandbox, proxy, *flags())
    assert done.code == 6 and "clock is 60 minutes behind AWS's" in done.err, repr(done)
    assert proxy.seen.count("GetCallerIdentity") == 1
