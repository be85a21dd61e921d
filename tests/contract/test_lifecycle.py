"""The sandbox as a command: its export lines, its help, its pages, its Slack, and its end."""

import json
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from clients import make_client
from sandbox_process import ROOT, SANDBOX, SandboxProcess, WANTED_EXPORTS, clean_environment

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=2", "--environment", "acme-workers=1:pair",
                     "--environment", "acme-web=1:web", "--simulated", "--drain", "2s"]
WEBHOOK = "/services/T0SANDBOX/B0SANDBOX/secret"


def post_to_slack(sandbox, payload, path=WEBHOOK):
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    request = urllib.request.Request(sandbox.url + path, data=data, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_stdout_is_export_lines_and_nothing_else(sandbox):
    lines = sandbox.stdout.splitlines()
    assert lines and all(re.fullmatch(r"export [A-Za-z_]+='[^']*'", line) for line in lines), sandbox.stdout
    assert WANTED_EXPORTS <= sandbox.exports.keys()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", sandbox.url)
    assert (sandbox.exports["AWS_REGION"], sandbox.exports["ECS_CLUSTER_NAME"]) == ("us-east-1", "snow-white")
    assert sandbox.exports["SNOW_WHITE_SANDBOX_PID"] == str(sandbox.process.pid)


def test_a_shell_can_eval_them(sandbox):
    script = sandbox.stdout + 'printf %s "$AWS_ENDPOINT_URL"'
    assert subprocess.run(["sh", "-euc", script], capture_output=True, text=True).stdout == sandbox.url


def test_the_help_says_all_of_it():
    done = subprocess.run([SANDBOX, "up", "--help"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0
    for word in ("--environment", "--application", "--simulated", "--drain", "--port", "--program", "--log",
                 "sidekiq", "pair", "web"):
        assert word in done.stdout, f"wanted {word} in the help"


@pytest.mark.parametrize("arguments", [[], ["--simulated"], ["--environment", "acme-workers", "--simulated"],
                                       ["--environment", "acme-workers=many", "--simulated"],
                                       ["--environment", "acme-workers=1:dwarf", "--simulated"],
                                       ["--environment", "acme-workers=1", "--simulated", "--drain", "soon"],
                                       ["--environment", "acme-workers=1", "--simulated", "--drain", "9s..5s"],
                                       ["--environment", "acme-workers=1", "--simulated", "--drain", "5s.."],
                                       ["--environment", "acme-workers=1", "--simulated", "--port", "99999"],
                                       ["--environment", "acme-workers=1", "--simulated", "--frobnicate"]])
def test_a_wrong_command_line(arguments):
    done = subprocess.run([SANDBOX, "up", *arguments], capture_output=True, text=True, timeout=20, env=clean_environment())
    assert done.returncode not in (0, -6, -11) and done.stdout == "" and done.stderr.strip(), repr(done)


def test_the_fleet(sandbox):
    fleet = sandbox.look("fleet")
    sizes = {e["name"]: len(e["instances"]) for e in fleet["environments"]}
    assert sizes == {"acme-workers": 3, "acme-web": 1}, "counts of one name add up"
    workers = {e["name"]: [w for i in e["instances"] for w in i["workers"]] for e in fleet["environments"]}
    assert len(workers["acme-workers"]) == 4 and workers["acme-web"] == []
    assert {w["unit"] for w in workers["acme-workers"]} == {"worker.service"}
    assert {w["state"] for w in workers["acme-workers"]} == {"running"}


def test_the_stats_count_by_service_and_action(sandbox, client):
    before = sandbox.calls("elasticbeanstalk", "DescribeApplications")
    client("elasticbeanstalk").describe_applications()
    with pytest.raises(client("iam").exceptions.NoSuchEntityException):
        client("iam").list_user_tags(UserName="nobody")
    stats = sandbox.look("stats")
    assert stats["calls"]["elasticbeanstalk"]["DescribeApplications"] == before + 1
    assert stats["total"] == len(stats["timeline"]) == sum(n for s in stats["calls"].values() for n in s.values())
    last = stats["timeline"][-1]
    assert (last["service"], last["action"], last["caller"]) == ("iam", "ListUserTags", "user/administrator")
    assert (last["status"], last["error"]) == (404, "NoSuchEntity")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", last["at"]) and stats["errors"]


def test_the_requests_keep_no_secret(sandbox, client):
    client("sts").get_caller_identity()
    text = sandbox.get("/_sandbox/requests")
    assert sandbox.exports["AWS_SECRET_ACCESS_KEY"] not in text
    assert not re.search(r"Signature=[0-9a-f]{64}", text)
    last = json.loads(text)[-1]
    assert last["method"] == "POST" and last["path"] == "/" and "Action=GetCallerIdentity" in last["body"]
    assert (last["service"], last["action"]) == ("sts", "GetCallerIdentity")


def test_the_emoji_of_the_workspace(sandbox):
    with urllib.request.urlopen(sandbox.url + "/_sandbox/emoji/snowwhite.png", timeout=10) as answer:
        assert answer.read() == (ROOT / "images/snowwhite.png").read_bytes()


# --- Slack

def test_slack_records_messages(sandbox):
    status, _, text = post_to_slack(sandbox, {"text": "hello & <b>", "channel": "#deploys", "username": "Snow White",
                                              "icon_emoji": ":snowwhite:"})
    assert (status, text) == (200, "ok")
    last = sandbox.look("slack")[-1]
    assert (last["text"], last["channel"], last["username"], last["icon_emoji"]) == \
        ("hello & <b>", "#deploys", "Snow White", ":snowwhite:")
    assert last["payload"]["text"] == "hello & <b>" and last["at"]


def test_slack_takes_a_form_too(sandbox):
    data = urllib.parse.urlencode({"payload": json.dumps({"text": "by form"})}).encode()
    request = urllib.request.Request(sandbox.url + WEBHOOK, data=data)
    assert urllib.request.urlopen(request, timeout=10).read() == b"ok"
    assert sandbox.look("slack")[-1]["text"] == "by form"


@pytest.mark.parametrize("payload, path, status, said", [
    (b"no json", WEBHOOK, 400, "invalid_payload"), ({"channel": "#deploys"}, WEBHOOK, 400, "no_text"),
    ({"text": "x"}, "/services/T0SANDBOX/B0SANDBOX/other", 404, "no_service"),
    ({"text": "x"}, "/services/T0OTHER/B0OTHER/x", 404, "no_service"),
    ({"text": "x", "channel": "U0NOBODY0"}, WEBHOOK, 400, "user_not_found"),
    ({"text": "x", "blocks": [{"type": "section"}]}, WEBHOOK, 400, "invalid_blocks"),
    ({"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}, WEBHOOK, 400,
     "invalid_blocks")])
def test_slack_s_own_words(sandbox, payload, path, status, said):
    before = len(sandbox.look("slack"))
    seen = post_to_slack(sandbox, payload, path)
    assert seen[0] == status and seen[2] == said, f"wanted {status} {said}, seen {seen[0]} {seen[2]}"
    assert len(sandbox.look("slack")) == before


def test_slack_fails_on_request(sandbox):
    sandbox.fail_slack(503, 2)
    assert [post_to_slack(sandbox, {"text": "try"})[0] for _ in range(3)] == [503, 503, 200]
    sandbox.fail_slack(429, 1, retry_after=7)
    status, headers, words = post_to_slack(sandbox, {"text": "try"})
    assert (status, headers["Retry-After"], words) == (429, "7", "rate_limited")
    assert post_to_slack(sandbox, {"text": "try"})[0] == 200


# --- the end

@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything(request, with_signal):
    """`stop` itself holds the sandbox to exit code 0, no process, no directory."""
    sandbox = SandboxProcess(f"lifecycle-{with_signal.name}", "--environment", "acme-workers=1", "--simulated",
                             "--drain", "2s")
    request.addfinalizer(sandbox.kill)
    sandbox.start()
    sandbox.stop(with_signal)


def test_a_running_task_ends_with_it(request, program):
    sandbox = SandboxProcess("lifecycle-task", "--environment", "acme-workers=1", "--simulated", "--drain", "60s")
    request.addfinalizer(sandbox.kill)
    sandbox.start()
    exports = sandbox.exports
    ecs = make_client(sandbox, "ecs")
    [task] = ecs.run_task(cluster="snow-white", taskDefinition="snow-white", launchType="FARGATE", networkConfiguration={
        "awsvpcConfiguration": {"subnets": [exports["subnet_id"]], "securityGroups": [exports["sec_group"]]}},
        overrides={"containerOverrides": [{"name": "snow-white", "environment": [
            {"name": "WORKER_ACTION", "value": "quiet"}, {"name": "EB_APP_NAME", "value": "acme"}]}]})["tasks"]
    deadline = time.monotonic() + 20
    while not any(program in command for command in sandbox.family().values()):
        assert time.monotonic() < deadline, f"wanted the process of {task['taskArn']} to start. {sandbox.where()}"
        time.sleep(0.1)
    sandbox.stop()


def test_two_sandboxes_side_by_side(sandbox, start_sandbox):
    other = start_sandbox("--environment", "acme-workers=1", "--simulated", "--drain", "2s")
    assert other.url != sandbox.url
    assert other.exports["AWS_SECRET_ACCESS_KEY"] != sandbox.exports["AWS_SECRET_ACCESS_KEY"]


def test_a_port_of_one_s_own(start_sandbox):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert start_sandbox("--environment", "acme-workers=1", "--simulated", "--port", str(port)).url.endswith(f":{port}")
