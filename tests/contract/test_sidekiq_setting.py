"""The URL of Sidekiq's Redis: from the stack's parameter into the task, from the prompt into
--here, and nowhere else. What a run does with it is not looked at here: nothing answers there."""

import configparser
import json
import pathlib

import pytest

from clients import make_client
from operator_flags import flags
from process_watch import Processes
from programs import snow_white

FLEET = ["--application", "acme", "--environment", "acme-Workers=2", "--simulated", "--drain", "1s"]
SECRET = "s3cretofredis"
# Nothing listens on port 1. The template takes both: it does not read ports.
URL, WRONG = f"redis://reader:{SECRET}@127.0.0.1:1/2", f"redis://reader:{SECRET}@127.0.0.1:0"
SANDBOX_ARGUMENTS = [*FLEET, "--sidekiq-redis", json.dumps({"acme": URL, "*": ""})]


def shown_by(sandbox):
    """Everything that somebody may read of a run who may not read secrets."""
    ecs, logs = make_client(sandbox, "ecs"), make_client(sandbox, "logs")
    pages = "".join(sandbox.get("/_sandbox/" + page) for page in ("slack", "requests", "fleet"))
    stacks = make_client(sandbox, "cloudformation").describe_stacks()
    return pages + json.dumps([ecs.describe_task_definition(taskDefinition="snow-white"), stacks,
                               logs.filter_log_events(logGroupName="/ecs/snow-white")["events"]], default=str) + "".join(
        p.read_text() for p in sandbox.task_logs.glob("task-*.log"))


def test_the_task_gets_it_as_a_secret_and_runs(sandbox):
    with Processes() as processes:
        done = snow_white(sandbox, *flags(), "--wait")
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    [container] = make_client(sandbox, "ecs").describe_task_definition(taskDefinition="snow-white")["taskDefinition"][
        "containerDefinitions"]
    assert [s["name"] for s in container["secrets"]] == ["SLACK_WEBHOOK", "SIDEKIQ_REDIS_URL"]
    assert "SIDEKIQ_REDIS_URL" not in [v["name"] for v in container["environment"]]
    assert SECRET not in done.text + shown_by(sandbox)
    assert processes.of_tasks and not [e for e in processes.of_tasks.values() if e.strip(b"\0")], "the task erases it"


def test_a_launch_does_not_hand_on_what_is_set_at_the_prompt(sandbox):
    done = snow_white(sandbox, *flags("wake"), "--wait", SIDEKIQ_REDIS_URL="nonsense:" + SECRET)
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    [arn] = make_client(sandbox, "ecs").list_tasks(cluster="snow-white", desiredStatus="STOPPED")["taskArns"][-1:]
    [task] = make_client(sandbox, "ecs").describe_tasks(cluster="snow-white", tasks=[arn])["tasks"]
    [override] = task["overrides"]["containerOverrides"]
    assert "SIDEKIQ_REDIS_URL" not in [v["name"] for v in override["environment"]]
    assert SECRET not in done.text + shown_by(sandbox)


def test_the_dry_run_says_whether_it_is_asked(sandbox):
    launch = snow_white(sandbox, *flags(), "--dry-run", SIDEKIQ_REDIS_URL=URL)
    assert launch.code == 0 and "\nSidekiq's Redis: asked by the task, at the stack's SIDEKIQ_REDIS_URL, " in launch.out, launch
    here = snow_white(sandbox, *flags(), "--dry-run", "--here", SIDEKIQ_REDIS_URL=URL)
    assert here.code == 0 and "\nwarning: Redis at 127.0.0.1:1 refuses the connection" in here.out, here
    assert SECRET not in launch.text + here.text


@pytest.mark.parametrize("words", [[*flags(), "--here"], [*flags(), "--here", "--json"], flags("status")])
def test_an_invalid_one_at_the_prompt_is_bad_input(sandbox, words):
    before = sandbox.calls("ssm", "SendCommand")
    done = snow_white(sandbox, *words, SIDEKIQ_REDIS_URL=WRONG)
    assert done.code == 2 and "SIDEKIQ_REDIS_URL: " in done.text and SECRET not in done.text, done
    assert len([line for line in done.text.splitlines() if '"ended"' not in line]) == 1, done
    assert sandbox.calls("ssm", "SendCommand") == before


def test_a_child_of_the_program_does_not_get_it(sandbox, tmp_path):
    """A profile's credential_process prints the keys of alice, and leaves its environment in a
    file."""
    keys, config = configparser.ConfigParser(), configparser.ConfigParser()
    keys.read(sandbox.exports["AWS_SHARED_CREDENTIALS_FILE"])
    alice = keys["staging"]
    answer = {"Version": 1, "AccessKeyId": alice["aws_access_key_id"], "SecretAccessKey": alice["aws_secret_access_key"]}
    (tmp_path / "answer").write_text(json.dumps(answer))
    child = tmp_path / "keys"
    child.write_text(f"#!/bin/sh\ntr '\\0' '\\n' </proc/self/environ >{tmp_path}/seen\ncat {tmp_path}/answer\n")
    child.chmod(0o755)
    config["profile child"] = {"credential_process": str(child), "region": "us-east-1"}
    with pathlib.Path(tmp_path / "config").open("w") as file:
        config.write(file)
    done = snow_white(sandbox, *flags("status", profile="child"), SIDEKIQ_REDIS_URL=URL, KEPT="yes",
                      AWS_CONFIG_FILE=str(tmp_path / "config"))
    assert done.code == 0, done
    seen = (tmp_path / "seen").read_text()
    assert "KEPT=yes" in seen, "the child has the rest of the environment"
    assert SECRET not in seen and "SIDEKIQ_REDIS_URL" not in seen


def test_a_task_with_an_invalid_one_says_so_and_does_nothing(start_sandbox):
    sandbox = start_sandbox(*FLEET, "--sidekiq-redis", WRONG)
    done = snow_white(sandbox, *flags(), "--wait")
    assert done.code == 2 and "SIDEKIQ_REDIS_URL: its value does not fit; write redis://" in done.out, f"{done!r}\n{sandbox.where()}"
    [message] = sandbox.look("slack")
    assert "Snow White did nothing: SIDEKIQ_REDIS_URL: " in json.dumps(message)
    assert SECRET not in done.text + shown_by(sandbox)
    assert sandbox.calls("ssm", "SendCommand") == 0


def test_a_stack_without_it_asks_nobody(start_sandbox):
    sandbox = start_sandbox(*FLEET)
    done = snow_white(sandbox, *flags(), "--dry-run")
    assert "\nSidekiq's Redis: not asked by the task; the stack has no SidekiqRedisUrl\n" in done.out, done
    [container] = make_client(sandbox, "ecs").describe_task_definition(taskDefinition="snow-white")["taskDefinition"][
        "containerDefinitions"]
    assert [s["name"] for s in container["secrets"]] == ["SLACK_WEBHOOK"]
