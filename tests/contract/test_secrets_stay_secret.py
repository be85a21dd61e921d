"""A whole run by the helper, with one failure of Slack, and everything that anybody could read
during and after it: the webhook's secret part, the caller's secret key and the task's credentials
are nowhere but where they must be."""

import configparser
import json

import pytest

from clients import make_client
from operator_flags import TASK, flags
from process_watch import Processes
from programs import Running, at_the_prompt, snow_white
from sandbox_process import BIN, ROOT

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--drain", "2s"]
WEBHOOK = "T0SANDBOX/B0SANDBOX/secret"


@pytest.fixture(scope="module")
def run(sandbox):
    """The helper's whole run, and what could be read of it: {where: text}."""
    sandbox.fail_slack(403, 1)
    with Processes() as processes:
        helper = Running([ROOT / "snow-white.sh", *flags(), "--wait"], at_the_prompt(sandbox, PATH=f"{BIN}:/usr/bin:/bin"))
        launched = helper.wait()
        here = snow_white(sandbox, *flags("wake"), "--here", SLACK_WEBHOOK=f"{sandbox.url}/services/{WEBHOOK}",
                          NOTIFY_SLACK_CHANNEL="#deploys")
    assert (launched.code, here.code) == (0, 0), f"{launched!r}\n{here!r}\n{sandbox.where()}"
    ecs, logs = make_client(sandbox, "ecs"), make_client(sandbox, "logs")
    task = TASK.search(launched.out)[0]
    seen = {
        "command lines": b"\n".join(processes.command_lines).decode(errors="replace"),
        "the launch's output": launched.text,
        "the output of --here": here.text,
        "the task definition": as_text(ecs.describe_task_definition(taskDefinition="snow-white")),
        "the task as ECS shows it": as_text(ecs.describe_tasks(cluster="snow-white", tasks=[task])),
        "the log": as_text(logs.filter_log_events(logGroupName="/ecs/snow-white")["events"]),
        "the task's output": "".join(p.read_text() for p in sandbox.task_logs.glob("task-*.log")),
        "what Slack got": as_text(sandbox.look("slack")),
        "the requests, without their signatures": as_text(sandbox.look("requests")),
        "the stack": as_text(make_client(sandbox, "cloudformation").describe_stacks()) + sandbox.get("/_sandbox/fleet"),
    }
    return seen, processes


def as_text(answer):
    return json.dumps(answer, default=str)


def secrets_of(sandbox):
    keys = configparser.ConfigParser()
    keys.read(sandbox.exports["AWS_SHARED_CREDENTIALS_FILE"])
    return [WEBHOOK, "B0SANDBOX"] + [keys[name]["aws_secret_access_key"] for name in keys.sections()]


def test_the_data_is_of_this_run(run):
    """Otherwise finding nothing would prove nothing."""
    seen, processes = run
    assert "--wait" in seen["command lines"] and "QUIET" in seen["the log"] and "QUIET" in seen["the launch's output"]
    assert "QUIET" in seen["the task's output"] and "QUIET" in seen["what Slack got"]
    assert "secretsmanager" in seen["the task definition"] and "RunTask" in seen["the requests, without their signatures"]
    assert "403" in seen["the log"], "the failed post is told"
    assert processes.of_tasks, "a task was seen"


def test_no_secret_is_anywhere(sandbox, run):
    seen, _ = run
    secrets = secrets_of(sandbox)
    assert len(secrets) > 4 and all(len(secret) > 8 for secret in secrets)
    found = [(where, secret[:4] + "…") for where, text in seen.items() for secret in secrets if secret in text]
    assert not found, found


def test_a_task_shows_nothing_of_its_environment(run):
    """The program reads it, and overwrites it."""
    _, processes = run
    for environment in processes.of_tasks.values():
        assert not environment.strip(b"\0"), environment[:200]
