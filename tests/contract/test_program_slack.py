"""Slack when it fails, and the webhook, which nobody may see. Each case on a sandbox with its own
fleet."""

import pathlib
import re
import time

import pytest

from programs import Running, at_the_prompt, snow_white
from sandbox_process import PROGRAM

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=2", "--environment", "acme-dead=1",
                     "--simulated", "--drain", "2s"]
SECRET = "B0SANDBOX/secret"


def flags(action="quiet", pattern="workers", profile="bob"):
    """bob has no Slack user: one message at the start, one at the end, both to the channel."""
    return ["-a", action, "-e", pattern, "-f", profile, "-p", "acme", "-r", "us-east-1"]


def webhook(sandbox):
    return {"SLACK_WEBHOOK": sandbox.url + "/services/T0SANDBOX/B0SANDBOX/secret", "NOTIFY_SLACK_CHANNEL": "#deploys"}


def quiet_from_here(sandbox, **more):
    done = snow_white(sandbox, *flags(), "--here", **webhook(sandbox) | more)
    assert done.code == 0, f"wanted a drain that Slack cannot fail: {done!r}\n{sandbox.where()}"
    return done


@pytest.fixture(scope="module", autouse=True)
def dead_slack(sandbox):
    """A drain while Slack stays down takes long: it runs beside the other tests."""
    running = Running([PROGRAM, *flags(pattern="dead"), "--here"],
                      at_the_prompt(sandbox, **webhook(sandbox) | {"SLACK_WEBHOOK": f"http://127.0.0.1:9/services/{SECRET}"}))
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


@pytest.fixture
def inbox(sandbox):
    before = len(sandbox.look("slack"))
    return lambda: [m["text"] for m in sandbox.look("slack")[before:]]


@pytest.mark.parametrize("status, more", [(503, {}), (500, {}), (429, {"retry_after": 1})])
def test_a_slack_that_recovers_gets_every_message(sandbox, inbox, status, more):
    sandbox.fail_slack(status, 2, **more)
    done = quiet_from_here(sandbox)
    messages = inbox()
    assert len(messages) == 2 and "QUIET" in messages[1], f"wanted both messages, seen {messages}: {done!r}"


@pytest.mark.parametrize("word, status", [("channel_not_found", 404), ("Invalid channel specified", 500)])
def test_a_webhook_that_refuses_channels_is_used_without_one(sandbox, word, status):
    """Reported once; the dry run reports it beforehand."""
    sandbox.post("slack/fail", {"channel_refusal": word, "status": status})
    before = len(sandbox.look("slack"))
    try:
        looked = snow_white(sandbox, *flags(), "--dry-run", "--here", **webhook(sandbox))
        done = quiet_from_here(sandbox)
    finally:
        sandbox.post("slack/fail", {"channel_refusal": ""})
    messages = sandbox.look("slack")[before:]
    assert "warning: SLACK_WEBHOOK: it refuses the channel #deploys (HTTP " in looked.out, repr(looked)
    assert [m["channel"] for m in messages] == ["", ""] and "QUIET" in messages[1]["text"], messages
    assert done.text.count("the webhook refuses the channel #deploys") == 1, repr(done)


@pytest.mark.parametrize("status", [404, 403, 410])
def test_a_message_whose_channel_is_refused_comes_to_the_webhook_s_own(sandbox, inbox, status):
    sandbox.fail_slack(status, 1)
    done = quiet_from_here(sandbox)
    assert len(inbox()) == 2 and str(status) in done.text, repr(done)


@pytest.mark.parametrize("status", [400])
def test_a_refusal_of_slack_is_final(sandbox, inbox, status):
    sandbox.fail_slack(status, 1)
    done = quiet_from_here(sandbox)
    messages = inbox()
    assert len(messages) == 1 and "QUIET" in messages[0], f"wanted the end alone, seen {messages}"
    assert str(status) in done.text, f"wanted the log to say that a message was lost: {done!r}"


def test_retry_after_is_honoured(sandbox, inbox):
    sandbox.fail_slack(429, 1, retry_after=3)
    begun = time.monotonic()
    quiet_from_here(sandbox)
    assert len(inbox()) == 2 and time.monotonic() - begun >= 3


def test_no_message_is_delayed_by_another_channel(sandbox, inbox):
    """alice gets both of hers though the channel's first was refused."""
    sandbox.fail_slack(400, 1)
    done = snow_white(sandbox, *flags(profile="staging"), "--here", **webhook(sandbox))
    assert done.code == 0 and len(inbox()) == 3, (inbox(), done)


def test_the_webhook_is_visible_nowhere(sandbox):
    """Not in an output, a log or a process list, nor in a request to AWS or an answer."""
    before = set(sandbox.task_logs.glob("*"))
    running = Running([PROGRAM, *flags(), "--wait"], at_the_prompt(sandbox))
    listed = []
    while running.process.poll() is None:
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                listed.append(path.read_bytes())
            except OSError:
                continue  # it has ended meanwhile
        time.sleep(0.1)
    done = running.wait()
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    assert any(str(PROGRAM).encode() in line for line in listed), "wanted to have seen the program in the process list"
    assert not [line for line in listed if SECRET.encode() in line]
    logs = set(sandbox.task_logs.glob("*")) - before
    assert logs, f"wanted the task's output in {sandbox.task_logs}"
    places = {"its output": done.text, "the sandbox's log": sandbox.log.read_text(errors="replace")}
    places |= {str(log): log.read_text(errors="replace") for log in logs}
    places |= {page: sandbox.get("/_sandbox/" + page) for page in ("stats", "requests", "fleet", "slack")}
    assert not [name for name, text in places.items() if SECRET in text]


def test_the_keys_are_in_no_output(sandbox):
    keys = re.findall(r"secret_access_key\s*=\s*(\S+)",
                      pathlib.Path(sandbox.exports["AWS_SHARED_CREDENTIALS_FILE"]).read_text())
    done = quiet_from_here(sandbox)
    assert keys and not [key for key in keys if key in done.text]


def test_a_dead_slack_does_not_fail_a_drain(dead_slack):
    done = dead_slack.wait(110)
    assert done.code == 0 and "QUIET: " in done.out, repr(done)
    assert "Slack" in done.text and SECRET not in done.text, f"wanted the log to say so: {done!r}"
