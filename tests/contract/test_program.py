"""The program as people type it, on the simulated sandbox: which workers it reaches, what it
prints, whom it notifies."""

import json
import re

import pytest

from operator_flags import TASK, flags, states, tasks_started_by, wake
from programs import WITH_AWS_V2, snow_white

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--environment", "acme-WORKERS-b=2:pair",
                     "--environment", "acme-web=1:web", "--simulated", "--drain", "1s"]

CONSOLE = "https://us-east-1.console.aws.amazon.com"


@pytest.fixture
def inbox(sandbox):
    """inbox() is what Slack got since the test began."""
    before = len(sandbox.look("slack"))
    return lambda: sandbox.look("slack")[before:]


@pytest.fixture
def awake(sandbox, client):
    wake(sandbox, client, "acme-Workers", "acme-WORKERS-b")


# --- which workers it reaches

@pytest.mark.parametrize("pattern, reached, spared", [("Workers", "acme-Workers", "acme-WORKERS-b"),
                                                      ("WORKERS", "acme-WORKERS-b", "acme-Workers")])
def test_the_case_of_a_pattern_counts(sandbox, client, awake, inbox, pattern, reached, spared):
    done = snow_white(sandbox, *flags(pattern=pattern), "--wait")
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    assert states(sandbox, reached) <= {"quiet", "idle"} and states(sandbox, spared) == {"running"}
    [arn] = {m[0] for m in TASK.finditer(done.out)}
    assert tasks_started_by(client, arn) == ["alice"]
    messages = inbox()
    assert {m["channel"] for m in messages if m["channel"].startswith("#")}, "the channel is told"
    assert {m["channel"] for m in messages if m["channel"].startswith("U")} == {"U0ALICE00"}, "and alice herself"
    for channel in {m["channel"] for m in messages}:
        texts = [m["text"] for m in messages if m["channel"] == channel]
        assert len(texts) == 2 and "alice" in texts[0] and "QUIET" in texts[1] and "NOT QUIET" not in texts[1], texts
        assert reached in texts[0] and spared not in texts[0]
    assert all(m["payload"].get("blocks") for m in messages), "Slack took the blocks"
    task = arn.rsplit("/", 1)[1]
    for words in (json.dumps(m["payload"]["blocks"]) for m in messages):
        assert f"<{CONSOLE}/ecs/v2/clusters/snow-white/tasks/{task}?region=us-east-1|task>" in words
        assert (f"<{CONSOLE}/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Fecs$252Fsnow-white"
                f"/log-events/snow-white$252Fsnow-white$252F{task}|log>") in words
    assert all(m["username"] == "Snow White" and m["icon_emoji"] == ":snowwhite:" for m in messages)


def test_a_launch_says_where_to_follow_it(sandbox, client, awake):
    done = snow_white(sandbox, *flags())
    assert done.code == 0 and TASK.search(done.out), repr(done)
    assert "logs" in done.out and "snow-white/snow-white/" + TASK.search(done.out)[1] in done.out
    client("ecs").stop_task(cluster="snow-white", task=TASK.search(done.out)[0])


@pytest.mark.parametrize("action, after", [("quiet", {"idle"}), ("stop", {"stopped"}), ("wake", {"running"})])
def test_each_action_from_here(sandbox, action, after):
    before = sandbox.calls("ecs", "RunTask")
    done = snow_white(sandbox, *flags(action), "--here")
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    assert states(sandbox, "acme-Workers") == after
    assert sandbox.calls("ecs", "RunTask") == before, "no task"


def test_an_environment_without_workers_is_not_quiet(sandbox):
    done = snow_white(sandbox, *flags(pattern="web"), "--here")
    assert done.code == 1 and "no Sidekiq" in done.out and "NOT QUIET" in done.out, repr(done)


def test_the_exit_code_of_the_task_is_the_result_of_wait(sandbox):
    done = snow_white(sandbox, *flags(pattern="web"), "--wait")
    assert done.code == 1, repr(done)


# --- who they are

def test_a_role_is_named_and_gets_no_direct_message(sandbox, client, awake, inbox):
    """The AWS CLI resolves the profile, as for every role, MFA and SSO."""
    done = snow_white(sandbox, *flags(profile="deploy"), "--wait", PATH=WITH_AWS_V2)
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    [started_by] = tasks_started_by(client, TASK.search(done.out)[0])
    assert "Deploy" in started_by and re.fullmatch(r"[A-Za-z0-9/_-]{1,128}", started_by)
    assert all(m["channel"].startswith("#") for m in inbox()), "a role has no Slack user"
    assert any("Deploy" in m["text"] for m in inbox()), "the channel hears whose session it was"


@pytest.mark.parametrize("way", ["--wait", "--here"])
def test_a_named_slack_user_gets_a_direct_message(sandbox, awake, inbox, way):
    webhook = {"SLACK_WEBHOOK": sandbox.url + "/services/T0SANDBOX/B0SANDBOX/secret", "NOTIFY_SLACK_CHANNEL": "#snow-white"}
    done = snow_white(sandbox, *flags(profile="bob"), way, "--slack-user", "U0ALICE00", **webhook)
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    assert [m["channel"] for m in inbox()] == ["#snow-white", "U0ALICE00"] * 2


def test_bob_without_a_tag_gets_none(sandbox, client, awake, inbox):
    done = snow_white(sandbox, *flags(profile="bob"), "--wait")
    assert done.code == 0 and tasks_started_by(client, TASK.search(done.out)[0]) == ["bob"], repr(done)
    assert [m["channel"].startswith("#") for m in inbox()] == [True, True]
