"""The program with a bot's token: in the task, whose stack has it as a secret, and with --here. One
message that is edited, the end as a message of its own, the recipient of a direct message, and a
Slack that refuses: it never fails the drain."""

import configparser
import json
import pathlib

import pytest

from clients import make_client
from process_watch import Processes
from programs import snow_white

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=3", "--simulated", "--drain", "2s", "--slack-bot"]
TOKEN = "xoxb-sandbox-secret"


def flags(action="quiet", profile="bob"):
    return ["-a", action, "-e", "workers", "-f", profile, "-p", "acme", "-r", "us-east-1"]


@pytest.fixture
def inbox(sandbox):
    before = len(sandbox.look("slack"))
    return lambda: sandbox.look("slack")[before:]


def title(message):
    return message["payload"]["blocks"][0]["text"]["text"]


def from_here(sandbox, *more, profile="bob", action="quiet", **environment):
    access = {"SLACK_BOT_TOKEN": TOKEN, "NOTIFY_SLACK_CHANNEL": "#deploys"}
    return snow_white(sandbox, *flags(action, profile), "--here", *more, **access | environment)


def test_the_task_has_the_token_as_a_secret_and_reports_with_it(sandbox, inbox):
    done = snow_white(sandbox, *flags(), "--wait")
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    first, last = inbox()
    assert (first["channel"], last["channel"]) == ("#snow-white", "#snow-white"), "as the template has it"
    assert title(first) == title(last) == "✅ QUIET: safe to go on"
    assert first["edits"] and not last["edits"] and "thread_ts" not in last, "an edit notifies nobody"
    [container] = make_client(sandbox, "ecs").describe_task_definition(taskDefinition="snow-white")["taskDefinition"][
        "containerDefinitions"]
    assert [s["name"] for s in container["secrets"]] == ["SLACK_BOT_TOKEN"]
    assert "SLACK_BOT_TOKEN" not in [v["name"] for v in container["environment"]]


def test_the_person_gets_the_same_by_tag_or_by_option(sandbox, inbox):
    assert from_here(sandbox, profile="staging").code == 0
    assert [m["channel"] for m in inbox()] == ["#deploys", "U0ALICE00", "#deploys", "U0ALICE00"]
    before = len(inbox())
    assert from_here(sandbox, "--slack-user", "U0ALICE00", action="wake").code == 0
    seen = inbox()[before:]
    assert [m["channel"] for m in seen] == ["#deploys", "U0ALICE00"] * 2 and all(m["edits"] for m in seen[:2])


@pytest.fixture
def session_named(sandbox, tmp_path):
    """A profile of the role Deploy, as single sign-on makes it: the session is named by the
    person's e-mail address."""
    def make(name):
        config = configparser.ConfigParser()
        config.read(sandbox.exports["AWS_CONFIG_FILE"])
        config["profile deploy"]["role_session_name"] = name
        path = pathlib.Path(tmp_path / "config")
        with path.open("w") as file:
            config.write(file)
        return {"AWS_CONFIG_FILE": str(path)}
    return make


def test_a_session_named_by_an_address_gets_a_direct_message(sandbox, inbox, session_named):
    done = from_here(sandbox, profile="deploy", **session_named("alice@example.com"))
    assert done.code == 0 and [m["channel"] for m in inbox()] == ["#deploys", "U0ALICE00"] * 2, done


def test_an_address_that_slack_does_not_know_is_said(sandbox, inbox, session_named):
    done = from_here(sandbox, profile="deploy", **session_named("mallory@example.com"))
    assert done.code == 0 and [m["channel"] for m in inbox()] == ["#deploys"] * 2
    assert "no direct message" in done.text and "mallory@example.com" in done.text, done


@pytest.mark.parametrize("environment, said, messages", [
    ({"NOTIFY_SLACK_CHANNEL": "#not-invited"}, "/invite", 0), ({"NOTIFY_SLACK_CHANNEL": "#private"}, "private channel", 0),
    ({"SLACK_BOT_TOKEN": "xoxb-of-another"}, "invalid_auth", 0),
    ({"SLACK_BOT_TOKEN": "xoxb-sandbox-without-scopes"}, "lacks the scope chat:write", 0),
    ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "Slack did not take the message", 0)])
def test_a_slack_that_refuses_fails_no_drain_and_says_the_fix(sandbox, inbox, environment, said, messages):
    done = from_here(sandbox, seconds=120, **environment)
    assert done.code == 0 and len(inbox()) == messages, done
    assert said in done.text and "xoxb" not in done.text, done


@pytest.mark.parametrize("faults", [["slack:chat.postMessage=throttled,first=2"], ["slack:chat.update=throttled"],
                                    ["slack:*=timeout-before,first=1"], ["slack:chat.postMessage=unavailable,first=3"]])
def test_a_failing_slack_gets_the_end(sandbox, inbox, faults):
    sandbox.post("faults", faults)
    try:
        done = from_here(sandbox, seconds=120)
    finally:
        sandbox.post("faults", [])
    assert done.code == 0 and title(inbox()[-1]) == "✅ QUIET: safe to go on", done


def test_dry_run_checks_the_token(sandbox, inbox):
    done = from_here(sandbox, "--dry-run", SLACK_WEBHOOK="http://127.0.0.1:9/services/none")
    assert done.code == 0 and "SLACK_BOT_TOKEN: good, of snow_white in Sandbox; it would report to #deploys\n" in done.out, done
    assert "SLACK_WEBHOOK" not in done.out, "with a token it is not used"
    launch = snow_white(sandbox, *flags(), "--dry-run", SLACK_BOT_TOKEN=TOKEN)
    assert "SLACK_BOT_TOKEN: good, of snow_white in Sandbox; only --here reports by it, a task by the stack's own" in launch.out
    assert "the task would report to #snow-white by the stack's SLACK_BOT_TOKEN, which cannot be tested from here" in launch.out
    done = from_here(sandbox, "--dry-run", SLACK_BOT_TOKEN="xoxb-of-another")
    assert "warning: SLACK_BOT_TOKEN" in done.out and "invalid_auth" in done.out and "of-another" not in done.text, done
    assert not inbox(), "nothing was sent"


@pytest.mark.parametrize("environment, named", [({"SLACK_BOT_TOKEN": "xoxp-a-persons"}, "SLACK_BOT_TOKEN"),
                                                ({"SLACK_API_URL": "https://evil.example/api/"}, "SLACK_API_URL")])
def test_invalid_slack_settings_are_refused_before_anything_is_sent(sandbox, inbox, environment, named):
    done = from_here(sandbox, **environment)
    assert done.code == 2 and named in done.err and "a-persons" not in done.text and not inbox(), done


def test_the_token_is_visible_nowhere(sandbox):
    before = set(sandbox.task_logs.glob("*"))
    with Processes() as processes:
        done = snow_white(sandbox, *flags("wake"), "--wait")
    assert done.code == 0, done
    logs = set(sandbox.task_logs.glob("*")) - before
    places = {"its output": done.text, "the sandbox's log": sandbox.log.read_text(errors="replace")}
    places |= {str(log): log.read_text(errors="replace") for log in logs}
    places |= {page: sandbox.get("/_sandbox/" + page) for page in ("stats", "requests", "fleet", "slack")}
    places |= {"the process list": b"\n".join(processes.command_lines).decode(errors="replace")}
    places |= {"the stack": json.dumps(make_client(sandbox, "cloudformation").describe_stacks(), default=str)}
    assert processes.of_tasks and not any(left.strip(b"\0") for left in processes.of_tasks.values())
    assert logs and not [name for name, text in places.items() if TOKEN in text]
