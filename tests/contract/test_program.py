"""The program as people type it, on the simulated sandbox: whom it reaches, what it refuses, who is told."""

import re

import pytest

from faulty_proxy import LOST, FaultyProxy, json_answer, json_error
from programs import WITH_AWS_V2, Running, at_the_prompt, snow_white
from sandbox_process import PROGRAM

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--environment", "acme-WORKERS-b=2:pair",
                     "--environment", "acme-web=1:web", "--simulated", "--drain", "2s"]
TASK = re.compile(r"arn:aws:ecs:us-east-1:123456789012:task/snow-white/([0-9a-f]{32})")
WEBHOOK_SECRET = "B0SANDBOX/secret"


def flags(action="quiet", pattern="Workers", profile="staging", application="acme", region="us-east-1", *more):
    return ["-a", action, "-e", pattern, "-f", profile, "-p", application, "-r", region, *more]


def sent(sandbox):
    return sandbox.calls("ecs", "RunTask") + sandbox.calls("ssm", "SendCommand")


def states(sandbox, environment):
    [found] = [e for e in sandbox.look("fleet")["environments"] if e["name"] == environment]
    return {w["state"] for i in found["instances"] for w in i["workers"]}


def tasks_started_by(client, *arns):
    return [t["startedBy"] for t in client("ecs").describe_tasks(cluster="snow-white", tasks=list(arns))["tasks"]]


@pytest.fixture
def inbox(sandbox):
    """inbox() is what Slack got since the test began."""
    before = len(sandbox.look("slack"))
    return lambda: sandbox.look("slack")[before:]


@pytest.fixture
def awake(sandbox):
    """Every worker takes jobs again before the test."""
    for pattern in ("Workers", "WORKERS"):
        done = snow_white(sandbox, *flags("wake", pattern), "--here")
        assert done.code == 0, f"{done!r}\n{sandbox.where()}"


# --- refused before anything is sent

@pytest.mark.parametrize("arguments, said", [
    ([], "required"), (flags()[2:], "-a"), (flags()[:2] + flags()[4:], "-e"), (flags()[:4] + flags()[6:], "-f"),
    (flags()[:6] + flags()[8:], "-p"), (flags()[:8], "-r"), (flags("sleep"), "sleep"), (flags("Quiet"), "Quiet"),
    (flags(pattern=""), "-e"), (flags(profile=""), "-f"), (flags(application=""), "-p"), (flags(region="mars"), "mars"),
    (flags() + ["--frobnicate"], "--frobnicate"), (flags() + ["dwarf"], "dwarf"),
    (flags() + ["--wait", "--here"], "--wait"), (flags() + ["--timeout", "soon"], "soon"), (flags()[:-1], "-r"),
], ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else value)
def test_a_wrong_flag(sandbox, arguments, said):
    before = sandbox.look("stats")["total"]
    done = snow_white(sandbox, *arguments)
    assert done.code == 2 and done.out == "", repr(done)
    first = done.err.splitlines()[0]
    assert first.startswith("snow-white: ") and said in first, f"wanted {said} in the first line of {done!r}"
    assert "usage" in done.err.lower()
    assert sandbox.look("stats")["total"] == before, "nothing is asked of AWS"


@pytest.mark.parametrize("name", ["ECS_CLUSTER_REGION", "ECS_CLUSTER_NAME", "vpc_id", "subnet_id", "sec_group"])
@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_a_missing_setting_is_named(sandbox, name, value):
    before = sandbox.look("stats")["total"]
    done = snow_white(sandbox, *flags(), **{name: value})
    assert done.code == 2 and name in done.err and len(done.err.strip().splitlines()) == 1, repr(done)
    assert sandbox.look("stats")["total"] == before


@pytest.mark.parametrize("change, code, said", [
    ({"profile": "nosuch"}, 2, "nosuch"), ({"application": "nosuch"}, 3, "nosuch"), ({"pattern": "nosuch"}, 3, "nosuch"),
    ({"pattern": "workers"}, 3, "workers"), ({"application": "Acme"}, 3, "Acme")])
@pytest.mark.parametrize("way", [[], ["--wait"], ["--here"]], ids=["launch", "wait", "here"])
def test_something_that_is_not_there(sandbox, change, code, said, way):
    before = sent(sandbox)
    done = snow_white(sandbox, *flags(**change), *way)
    assert done.code == code and said in done.text, repr(done)
    assert "Traceback" not in done.text and len(done.err.strip().splitlines()) <= 1, f"wanted one clear line: {done!r}"
    assert sent(sandbox) == before


@pytest.mark.parametrize("change, said", [({"CFN_STACK_NAME": "snow-black"}, "snow-black"),
                                          ({"ECS_CLUSTER_NAME": "snow-black"}, "snow-black"),
                                          ({"subnet_id": "subnet-00000000000000000"}, "subnet-00000000000000000"),
                                          ({"sec_group": "sg-00000000000000000"}, "sg-00000000000000000")])
def test_a_stack_or_a_place_that_is_not_there(sandbox, change, said):
    before = sandbox.calls("ssm", "SendCommand")
    done = snow_white(sandbox, *flags(), **change)
    assert done.code == 4 and said in done.err and len(done.err.strip().splitlines()) == 1, repr(done)
    assert sandbox.calls("ssm", "SendCommand") == before


def test_no_stack_and_here(sandbox):
    before = sent(sandbox)
    done = snow_white(sandbox, *flags(), "--here", CFN_STACK_NAME="snow-black")
    assert done.code == 4 and "snow-black" in done.text and sent(sandbox) == before, repr(done)


def test_keys_that_aws_does_not_know(sandbox, tmp_path):
    files = {}
    for name, text in (("AWS_SHARED_CREDENTIALS_FILE", "[staging]\naws_access_key_id = AKIAUNKNOWNUNKNOWNUN\n"
                                                       "aws_secret_access_key = nothing\n"),
                       ("AWS_CONFIG_FILE", "[profile staging]\nregion = us-east-1\n")):
        files[name] = tmp_path / name
        files[name].write_text(text)
    before = sent(sandbox)
    done = snow_white(sandbox, *flags(), **{k: str(v) for k, v in files.items()})
    assert done.code == 6 and "staging" in done.err and sent(sandbox) == before, repr(done)
    assert "nothing" not in done.text.replace("nothing was sent", ""), "the secret stays one"


# --- whom it reaches

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

def test_a_role_is_who_it_is_and_gets_no_message_of_its_own(sandbox, client, awake, inbox):
    """The AWS CLI resolves the profile, as for every role, MFA and SSO."""
    done = snow_white(sandbox, *flags(profile="deploy"), "--wait", PATH=WITH_AWS_V2)
    assert done.code == 0, f"{done!r}\n{sandbox.where()}"
    [started_by] = tasks_started_by(client, TASK.search(done.out)[0])
    assert "Deploy" in started_by and re.fullmatch(r"[A-Za-z0-9/_-]{1,128}", started_by)
    assert all(m["channel"].startswith("#") for m in inbox()), "a role has no Slack user"
    assert any("Deploy" in m["text"] for m in inbox()), "the channel hears whose session it was"


def test_bob_without_a_tag_gets_none(sandbox, client, awake, inbox):
    done = snow_white(sandbox, *flags(profile="bob"), "--wait")
    assert done.code == 0 and tasks_started_by(client, TASK.search(done.out)[0]) == ["bob"], repr(done)
    assert [m["channel"].startswith("#") for m in inbox()] == [True, True]


# --- a way to AWS that is not perfect

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
def test_a_busy_run_task_is_tried_again(sandbox, client, fault):
    with FaultyProxy(sandbox, RunTask=[fault, fault]) as proxy:
        done = through(sandbox, proxy, *flags())
    assert done.code == 0 and proxy.seen.count("RunTask") == 3, repr(done)
    client("ecs").stop_task(cluster="snow-white", task=TASK.search(done.out)[0])


def test_failures_in_the_answer_are_an_error(sandbox):
    answer = json_answer({"tasks": [], "failures": [{"arn": "arn:aws:ecs:us-east-1:123456789012:container-instance/x",
                                                     "reason": "RESOURCE:CPU", "detail": "Capacity is unavailable."}]})
    with FaultyProxy(sandbox, RunTask=[answer]) as proxy:
        done = through(sandbox, proxy, *flags())
    assert done.code == 4 and "RESOURCE:CPU" in done.err and not TASK.search(done.text), repr(done)


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


def test_nobody_answers(sandbox):
    done = snow_white(sandbox, *flags(), AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert done.code == 9 and len(done.err.strip().splitlines()) == 1, repr(done)


def test_interrupted_while_it_watches(sandbox, awake, inbox):
    with FaultyProxy(sandbox, ListCommandInvocations=[json_error("ThrottlingException")] * 50) as proxy:
        running = Running([PROGRAM, *flags(), "--here"], at_the_prompt(sandbox, AWS_ENDPOINT_URL=proxy.url))
        running.wait_for_output("sent to")
        running.process.terminate()
        done = running.wait(20)
    assert done.code == 8 and "workers go on as told" in done.out, repr(done)
