"""The GitHub Action: its steps run as the runner runs them, against the sandbox; the release is
made of the built program."""

import functools
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tarfile

import pytest
import yaml

from clients import VENV_BIN
from github_runner import ACTION, evaluate, keys_of_role, run_action, when_said
from operator_flags import TASK, sent, wake
from programs import at_the_prompt
from release_server import TARBALL, VERSION, Served, make_release
from permissions import withhold
from sandbox_process import LOGS, PROGRAM, ROOT

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=3", "--environment", "acme-web=1:web", "--simulated",
                     "--drain", "1s"]
QUIET = {"action": "quiet", "pattern": "workers", "profile": "production", "application": "acme", "region": "us-east-1"}
# Flags that are no inputs; action.yml says why.
LEFT_OUT = {"-h", "--version", "--json", "--yes", "--watch"}
SHORT = {"-a": "action", "-e": "pattern", "-f": "profile", "-p": "application", "-r": "region"}


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    make_release(folder)
    return folder


@pytest.fixture(scope="module")
def served(release):
    with Served(release) as server:
        yield server


@pytest.fixture
def act(sandbox, served, tmp_path):
    """act(inputs…) runs the action; the default inputs are those of a quiet."""
    runs = []

    def run(without=(), environment=None, assume=None, github=None, until=None, root=None, **inputs):
        given = QUIET | {"url": served.url} | {name.replace("_", "-"): value for name, value in inputs.items()}
        runs.append(None)
        at_work = at_the_prompt(sandbox, PATH=f"{VENV_BIN}:/usr/local/bin:/usr/bin:/bin") | (environment or {})
        given = {name: value for name, value in given.items() if name not in without}
        return run_action(given, at_work, tmp_path / str(len(runs)), assume, github, until, root)

    return run


@pytest.fixture
def follow(act):
    """follow(arn) runs the action to follow that task."""
    return functools.partial(act, without=("action", "pattern", "application", "region"))


@pytest.fixture
def awake(sandbox, client):
    wake(sandbox, client, "acme-workers")


# --- the files

def test_its_inputs_are_the_programs_flags():
    said = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    flags = set(re.findall(r"^  (?:-h,)?(--?[a-z-]+)", said, re.MULTILINE)) - LEFT_OUT - {"--help"}
    inputs = yaml.safe_load((ACTION / "action.yml").read_text())["inputs"]
    assert {SHORT.get(flag, flag.removeprefix("--")) for flag in flags} == inputs.keys() - {"task", "role", "role-duration-seconds", "url"}
    for name, spec in inputs.items():
        flag = next((f for f in flags if SHORT.get(f, f.removeprefix("--")) == name), None)
        assert flag is None or name == "wait" or spec["description"].startswith(f"{flag}: "), name


def test_text_from_outside_is_never_part_of_a_script():
    steps = yaml.safe_load((ACTION / "action.yml").read_text())["runs"]["steps"]
    assert [s for s in steps if "run" in s] and not [s for s in steps if "${{" in s.get("run", "")]
    scripts = "".join(path.read_text() for path in ACTION.glob("*.sh"))
    assert not re.search(r"\beval\b|sh -c|\$\{\{", scripts)


def test_other_actions_are_pinned_by_commit():
    used = re.findall(r"uses:(.*)", (ACTION / "action.yml").read_text())
    assert used and all(re.fullmatch(r" [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used), used


def test_shellcheck():
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not here; make lint has it")
    done = subprocess.run(["shellcheck", *ACTION.glob("*.sh")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_runner_here_reads_expressions():
    contexts = {"inputs": {"a": "x", "b": ""}, "steps": {}}
    assert evaluate("inputs.a || inputs.b", contexts) == "x" and evaluate("inputs.b || 'it''s'", contexts) == "it's"
    assert evaluate("!(inputs.a == 'x' && inputs.b != '') && always()", contexts, {"always": True}) is True
    assert evaluate("steps.none.outputs.task", contexts) == ""
    with pytest.raises(AssertionError):
        evaluate("format('{0}', inputs.a)", contexts)


# --- the program

def test_the_release_is_the_one_of_its_own_repository(act, release, sandbox, tmp_path):
    """Without url: of the repository of the action, or of the workflow where the action is a folder
    of it."""
    there = tmp_path / f"snow/white/releases/download/v{VERSION}"
    shutil.copytree(release, there)
    with Served(tmp_path) as server:
        done = act(without=("url",), github={"server_url": "http://127.0.0.1:" + server.url.rpartition(":")[2]}, dry_run="true")
        assert done.code == 0 and [path for path in server.asked if TARBALL in path], repr(done)
        done = act(without=("url",), github={"server_url": server.url, "action_repository": "", "repository": "no/where"})
    assert done.code == 1 and f"{server.url}/no/where/releases/download/v{VERSION}" in done.last.out, repr(done)


@pytest.mark.parametrize("sums, said", [
    ("{wrong}  {tarball}\n", "is not what SHA256SUMS says: wanted {wrong}"),
    ("{right}  another.tar.gz\n", "wanted one line for {tarball}"),
    ("{right}  {tarball}\n{wrong}  {tarball}\n", "wanted one line for {tarball}"),
    ("", "wanted one line for {tarball}"), (None, "wanted SHA256SUMS from")])
def test_another_tarball_is_refused(act, sandbox, release, tmp_path, sums, said):
    folder = tmp_path / "exchanged"
    shutil.copytree(release, folder)
    words = {"tarball": TARBALL, "wrong": "0" * 64, "right": hashlib.sha256((release / TARBALL).read_bytes()).hexdigest()}
    (folder / "SHA256SUMS").write_text(sums.format(**words)) if sums is not None else (folder / "SHA256SUMS").unlink()
    before = sent(sandbox)
    with Served(folder) as server:
        done = act(url=server.url)
    assert done.code == 1 and said.format(**words) in done.last.out and "run" not in done.steps, repr(done)
    assert sent(sandbox) == before


def test_a_tarball_with_another_program_is_refused(act, tmp_path):
    (tmp_path / "snow-white").write_text("#!/bin/sh\necho snow-white 99.0.0\n")
    (tmp_path / "snow-white").chmod(0o755)
    with tarfile.open(tmp_path / TARBALL, "w:gz") as tarball:
        tarball.add(tmp_path / "snow-white", "x/bin/snow-white")
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256((tmp_path / TARBALL).read_bytes()).hexdigest()}  {TARBALL}\n")
    with Served(tmp_path) as server:
        done = act(url=server.url)
    assert done.code == 1 and f"wanted snow-white {VERSION}, seen: snow-white 99.0.0" in done.last.out, repr(done)


# What every Debian, Ubuntu and Amazon Linux has; the action's README names the rest.
TOOLS = ("bash", "cat", "cut", "find", "gzip", "mkdir", "mkfifo", "mktemp", "od", "rm", "sha256sum", "tar", "tee", "tr", "uname", "awk")


def test_it_needs_no_more_than_documented(act, tmp_path):
    for tool in (*TOOLS, "curl", "jq"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    done = act(dry_run="true", environment={"PATH": str(tmp_path)})
    assert done.code == 0, repr(done)
    (tmp_path / "jq").unlink()
    done = act(dry_run="true", environment={"PATH": str(tmp_path)})
    assert done.code == 2 and done.last.out == "snow-white: jq is not on this runner; install it in a step before\n", repr(done)


@pytest.fixture(scope="module")
def debian():
    """Debian with curl, jq and the libraries of the program as it is built for tests; a released
    one needs none of them."""
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        pytest.skip("a container root takes root's rights and mmdebstrap")
    root = ROOT / "build/debian-for-ci"
    if not root.exists():
        made, log = root.with_suffix(".new"), LOGS / "debian-for-ci.log"
        shutil.rmtree(made, ignore_errors=True)
        packages = "curl,jq,ca-certificates,libcurl4,libfmt9,libpugixml1v5,libhiredis0.14"
        with open(log, "w") as said:
            done = subprocess.run(["mmdebstrap", "--variant=minbase", f"--include={packages}", "--dpkgopt=force-unsafe-io", "bookworm",
                                   made], stdout=said, stderr=said, check=False)
        assert done.returncode == 0, f"wanted a Debian root, seen exit code {done.returncode}; the log is {log}"
        made.rename(root)
    return root


@pytest.mark.timeout(400)  # the root is made from Debian's packages, once
def test_in_a_container_root(act, debian, awake):
    done = act(root=debian)
    assert done.code == 0 and done.outputs["verdict"] == "done" and "✅ QUIET: all 3" in done.last.summary, repr(done)


# --- outputs and messages

def test_a_quiet(act, awake):
    done = act(timeout="1h")
    assert done.code == 0, repr(done)
    assert "QUIET: all 3 workers on 3 instances are quiet and idle" in done.last.out, repr(done)
    assert re.search("next: when your work is done, wake them: .*snow-white'? -a wake -e workers", done.last.out)
    assert done.outputs["code"] == "0" and done.outputs["verdict"] == "done" and TASK.fullmatch(done.outputs["task"])
    assert done.outputs["headline"].startswith("QUIET: all 3 workers")
    events = [json.loads(line) for line in open(done.outputs["events"])]
    assert events[-1]["event"] == "ended" and {"launching", "submitted", "report"} <= {e["event"] for e in events}
    assert "<h3>✅ QUIET: all 3 workers" in done.last.summary and re.search("<pre>.*snow-white.* -a wake", done.last.summary)
    assert [name for name, _ in done.last.commands] == ["stop-commands"], done.last.commands


def test_a_quiet_that_fails(act):
    done = act(pattern="web")
    assert done.code == 1 and done.outputs["verdict"] == "partial", repr(done)
    assert re.search(r"<td>i-[0-9a-f]+</td><td>acme-web</td><td>no_worker</td>", done.last.summary), done.last.summary
    [error] = [text for name, text in done.last.commands if name == "error"]
    assert error.startswith("NOT QUIET") and error.endswith("(exit code 1)")


@pytest.mark.parametrize("inputs, code", [({"pattern": "nosuch"}, 3), ({"profile": "nosuch"}, 2), ({"action": "nap"}, 2),
                                          ({"timeout": "soon"}, 2), ({"batch": "3"}, 2)])
def test_what_the_program_refuses(act, sandbox, inputs, code):
    before = sent(sandbox)
    done = act(**inputs)
    assert done.code == code and done.outputs["code"] == str(code) and sent(sandbox) == before, repr(done)
    assert f"exit code {code}" in done.last.summary and "<li>" in done.last.summary, repr(done)


def test_dry_run_status_and_cancel(act, sandbox, awake):
    before = sandbox.calls("ecs", "RunTask")
    done = act(dry_run="true")
    assert done.code == 0 and "<li>fact: would run task" in done.last.summary, repr(done)
    done = act(action="status")
    assert done.code == 0 and done.last.summary.count("<td>running</td>") == 3, repr(done)
    done = act(cancel="true")
    assert done.code == 3 and "nothing to cancel" in done.last.out, repr(done)
    assert sandbox.calls("ecs", "RunTask") == before


def test_here(act, sandbox, awake):
    before = sandbox.calls("ecs", "RunTask")
    done = act(here="true")
    assert done.code == 0 and done.outputs["verdict"] == "done" and sandbox.calls("ecs", "RunTask") == before, repr(done)


def test_the_summary_of_a_large_fleet_fits(tmp_path):
    """GitHub accepts 1 MiB per step. Text from outside must not end a block of HTML: an empty line
    would."""
    instance = {"v": 1, "event": "instance", "id": "i-0", "environment": "e\n\n# e", "outcome": "busy", "as_asked": False,
                "note": "</td>\n\n" + "n" * 300, "workers": [], "left": None}
    report = {"v": 1, "event": "report", "action": "quiet", "verdict": "partial", "headline": "NOT\n\nQUIET", "why": "a\n\n# b",
              "places": [], "elapsed_seconds": 4, "environments": ["e"], "instances": 5000, "unverified": [], "warnings": ["w" * 300] * 500,
              "next": {"words": "x", "command": "</pre><script>"}}
    lines = "\n".join([*[json.dumps(instance)] * 5000, json.dumps(report), "no json", "5"])
    done = subprocess.run(["jq", "-Rnr", "--arg", "code", "1", "-f", ACTION / "summary.jq"], input=lines, capture_output=True, text=True,
                          check=True)
    assert len(done.stdout.encode()) < 2**20 and "… and 4800 more" in done.stdout
    assert "\n\n" not in done.stdout.strip() and "<script>" not in done.stdout and "</td>n" not in done.stdout


# --- a task that a later step follows

def test_a_later_step_follows_the_task(act, follow, awake):
    done = act(wait="false")
    assert done.code == 0 and TASK.fullmatch(done.outputs["task"]) and done.outputs["verdict"] == "", repr(done)
    assert done.outputs["task"] in done.last.summary
    later = follow(task=done.outputs["task"])
    assert later.code == 0 and later.outputs["verdict"] == "done" and later.outputs["code"] == "0", repr(later)
    assert "install" not in later.steps, "nothing is installed for it"
    assert "QUIET: all 3 workers" in later.last.out and "<h3>✅ QUIET: all 3" in later.last.summary, repr(later)
    again = follow(task=done.outputs["task"])
    assert again.code == 0, "it has ended, and ECS still knows it"


def test_a_later_step_ends_as_the_task_does(act, follow):
    done = act(pattern="web", wait="false")
    later = follow(task=done.outputs["task"])
    assert (done.code, later.code, later.outputs["verdict"]) == (0, 1, "partial"), repr(later)


def test_a_followed_task_that_is_stopped(act, follow, sandbox, client, awake):
    sandbox.post("faults", ["ssm:SendCommand=throttled"])
    try:
        task = act(wait="false").outputs["task"]
        done = follow(task=task, until=when_said("task is RUNNING", lambda _: client("ecs").stop_task(
            cluster="snow-white", task=task, reason="by carol")))
    finally:
        sandbox.post("faults", [])
    assert done.code == 8, repr(done)


def test_an_unknown_task(follow):
    done = follow(task=f"arn:aws:ecs:us-east-1:123456789012:task/snow-white/{'0' * 32}")
    assert done.code == 4 and "ECS does not know" in done.last.out, repr(done)


def test_a_task_without_permission(follow, sandbox):
    arn = f"arn:aws:ecs:us-east-1:123456789012:task/snow-white/{'0' * 32}"
    done = follow(task=arn, profile="nosuch")
    assert done.code == 2 and "nosuch" in done.last.out, repr(done)
    withhold(sandbox, "user/alice", "ecs:DescribeTasks")
    done = follow(task=arn)
    withhold(sandbox, "user/alice")
    assert done.code == 6 and "ecs:DescribeTasks" in done.last.out, repr(done)


@pytest.mark.parametrize("follows", [False, True])
def test_a_cancelled_job_only_stops_following(act, follow, sandbox, client, awake, follows):
    """The runner signals the shell alone, not the processes that it has started."""
    sandbox.post("faults", ["ssm:SendCommand=throttled"])
    try:
        until = when_said("task is RUNNING", lambda process: process.send_signal(signal.SIGINT))
        done = follow(task=act(wait="false").outputs["task"], until=until) if follows else act(until=until)
        assert done.code == 8 and "no longer watching; the task continues" in done.last.out, repr(done)
        assert "exit code 8" in done.last.summary
    finally:
        ecs = client("ecs")
        for task in ecs.list_tasks(cluster="snow-white")["taskArns"]:
            ecs.stop_task(cluster="snow-white", task=task)
            ecs.get_waiter("tasks_stopped").wait(cluster="snow-white", tasks=[task], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        sandbox.post("faults", [])


# --- hostile text has no effect

HOSTILE = ['$(touch {mark})', '`touch {mark}`', '"; touch {mark}; "', "'; touch {mark}; '", "--cancel", "-h", "%0A::add-mask::a",
           "::error::no", "<b>|x</b>", "\\", "*", "${{ github.token }}", "a b  c", "!!", "é☃"]


def error_of(done):
    return "".join(e["text"] for e in map(json.loads, open(done.outputs["events"])) if e["event"] == "error")


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_has_no_effect(act, sandbox, tmp_path, words):
    words = words.format(mark=tmp_path / "mark") if "{mark}" in words else words
    done = act(pattern=words, exclude=words, reason=words)
    assert done.code == 3 and f'no environment with "{words}" in the name' in error_of(done), repr(done)
    assert not (tmp_path / "mark").exists()
    assert {name for name, _ in done.last.commands} == {"stop-commands", "error"}, done.last.commands
    assert "<b>" not in done.last.summary


@pytest.mark.parametrize("name", ["application", "slack_user", "timeout", "batch", "match", "region", "profile"])
def test_hostile_text_in_other_inputs(act, tmp_path, name):
    words = "$(touch MARK)`touch MARK`\"; touch MARK; \"'; touch MARK; '  *".replace("MARK", str(tmp_path / "mark"))
    done = act(**{"action": "wake", name: words})
    assert done.code in (2, 3) and not (tmp_path / "mark").exists(), repr(done)
    assert name == "region" or words in error_of(done), repr(done)


def test_a_hostile_reason_arrives_as_it_is(act, sandbox, awake):
    words = """$(id) `id` "a" 'b' --cancel ${HOME} %0A::error::x <b>"""
    done = act(reason=words)
    assert done.code == 0, repr(done)
    asked = [json.loads(request["body"]) for request in sandbox.look("requests") if request["action"] == "RunTask"]
    told = {word["value"] for word in asked[-1]["overrides"]["containerOverrides"][0]["environment"]}
    assert words in told, told


@pytest.mark.parametrize("inputs, named", [
    ({"application": "acme\nmore"}, "-p: "), ({"reason": "long " * 99}, "--reason: "), ({"region": "us-east-1\nprogram=x"}, "region: "),
    ({"region": ""}, "region is missing"), ({"pattern": "\n"}, "pattern is missing"), ({"profile": ""}, "profile is missing"),
    ({"wait": "yes"}, "wait: "), ({"dry_run": "1"}, "dry-run: "), ({"cancel": "true\ntrue"}, "cancel: "),
    ({"url": "http://example.org"}, "url: "), ({"url": "file:///etc"}, "url: "), ({"task": "x"}, "action: "),
    ({"role": "arn:aws:iam::1:role/x", "profile": "a]\n[b"}, "profile: ")])
def test_bad_input_is_one_line_that_names_it(act, sandbox, inputs, named):
    before = sent(sandbox)
    done = act(**inputs)
    [line] = [line for line in done.last.out.splitlines() if named in line and not line.startswith("::")]
    assert done.code == 2 and line and sent(sandbox) == before, repr(done)


@pytest.mark.parametrize("arn", ["x", "arn:aws:ecs:us-east-1:123456789012:task/abc", "arn:aws:ecs:us-east-1:1:task/$(id)/a",
                                 "arn:aws:ecs:us-east-1:1:task/c/a\nregion=x"])
def test_an_invalid_arn_is_refused(follow, arn):
    done = follow(task=arn)
    assert done.code == 2 and done.last.out.startswith("snow-white: task: "), repr(done)


def test_several_patterns_are_a_line_each(act):
    done = act(action="status", pattern="acme-wor\nacme-web\n", exclude="nosuch\n--here\n")
    assert done.last.summary.count("<td>acme-workers</td>") == 3 and done.last.summary.count("<td>acme-web</td>") == 1, repr(done)


# --- the role's credentials

def test_a_role(act, sandbox, client, awake):
    """The action that assumes a role returns credentials as outputs: they are a profile of that run
    only, and masked."""
    arn, asked = "arn:aws:iam::123456789012:role/Deploy", []
    given = keys_of_role(sandbox, arn)

    def assume(inputs):
        asked.append(inputs)
        return given

    slack, redis = "xoxb-1234567890-secret", "redis://reader:s3cret@redis.test"
    done = act(assume=assume, role=arn, profile="ci-role", environment={"SLACK_BOT_TOKEN": slack, "SIDEKIQ_REDIS_URL": redis})
    assert done.code == 0, repr(done)
    assert asked == [{"role-to-assume": arn, "role-duration-seconds": "3600", "role-session-name": "github-4711", "aws-region": "us-east-1",
                      "output-credentials": "true", "output-env-credentials": "false"}]
    secrets = {given["aws-secret-access-key"], given["aws-session-token"], slack, redis}
    assert secrets <= done.last.masks
    unmasked = [line for line in done.last.out.splitlines() if not line.startswith("::add-mask::")]
    kept = [p.read_text() for p in done.last.temporary.rglob("*") if p.is_file()]
    for secret in secrets:
        assert not [text for text in [*unmasked, *kept, done.last.summary] if secret in text]
    assert "-f ci-role" in done.last.out, "the reports name the profile"
