"""--json, compared with docs/json-lines.schema.json: each line of each command, and each event of
the schema at least once."""

import json
import pathlib
import subprocess

import pytest
from jsonschema import Draft202012Validator

from operator_flags import flags, wake
from programs import Running, at_the_prompt, snow_white
from permissions import withhold
from sandbox_process import BIN, PROGRAM
from sidekiq_redis import SidekiqRedis, fill

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / "docs" / "json-lines.schema.json").read_text())
JUDGE = Draft202012Validator(SCHEMA)
EVENTS = {choice["$ref"].rpartition("/")[2] for choice in SCHEMA["oneOf"]}
SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--environment", "acme-web=1:web",
                     "--simulated", "--drain", "2s"]
SEEN = set()


def lines_of(text):
    events = [json.loads(line) for line in text.splitlines()]
    for event in events:
        wrong = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in JUDGE.iter_errors(event)]
        assert not wrong, f"{event}: {wrong}"
    SEEN.update(e["event"] for e in events)
    return events


def hold_against_the_promises(text):
    """2: a dry run, which has no drain."""
    judged = subprocess.run([BIN / "snow-white-check", "-"], input=text, capture_output=True, text=True, check=False)
    drain = any(f'"event":"{name}"' in text for name in ("finding", "started", "report"))
    assert judged.returncode == (0 if drain else 2), f"{judged.stdout}{judged.stderr}{text}"


def json_of(sandbox, *arguments, **environment):
    done = snow_white(sandbox, *arguments, "--json", **environment)
    hold_against_the_promises(done.out)
    assert done.err == "", repr(done)
    events = lines_of(done.out)
    assert events[-1]["event"] == "ended" and events[-1]["code"] == done.code, repr(done)
    assert [e["event"] for e in events].count("ended") == 1
    return done.code, events


def named(events, name):
    return [e for e in events if e["event"] == name]


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    assert EVENTS == {n for n, d in SCHEMA["$defs"].items() if "event" in d.get("properties", {})}


@pytest.mark.parametrize("event", [{"event": "noted", "text": "x"}, {"event": "nosuch"}, {"event": "said", "text": "x", "more": 1},
                                   {"event": "ended", "code": 0, "name": "fine"}])
def test_the_schema_refuses_what_is_none(event):
    assert list(JUDGE.iter_errors({"v": 1, "at": "2026-11-24T00:00:00Z"} | event))


def test_a_drain_from_here(sandbox, client):
    wake(sandbox, client, "acme-Workers")
    code, events = json_of(sandbox, *flags("quiet"), "--here")
    assert code == 0
    assert named(events, "matched")[0]["instances"] == 3
    assert {e["action"] for e in named(events, "started")} == {"quiet", "status"}
    assert named(events, "advanced")[-1]["targeted"] == 3
    assert len(named(events, "instance")) == 3 and all(i["as_asked"] for i in named(events, "instance"))
    assert all(w["state"] == "idle" and w["version"] for i in named(events, "instance") for w in i["workers"])
    [report] = named(events, "report")
    assert report["verdict"] == "done" and report["verified"] and "-a wake" in report["next"]["command"]


def test_a_drain_that_is_not_done(sandbox):
    code, events = json_of(sandbox, *flags("quiet", pattern="web"), "--here")
    assert code == 1 and named(events, "report")[0]["verdict"] == "partial"
    assert named(events, "instance")[0]["outcome"] == "no_worker"


def test_a_task_that_is_waited_for(sandbox, client):
    """Its own events come through unchanged, and the exit code is printed once."""
    wake(sandbox, client, "acme-Workers")
    code, events = json_of(sandbox, *flags("quiet"), "--wait")
    assert code == 0, events
    assert named(events, "launching")[0]["environments"] == ["acme-Workers"]
    assert named(events, "submitted")[0]["started_by"] == "alice"
    assert named(events, "task")[-1]["status"] == "STOPPED"
    assert len(named(events, "instance")) == 3 and named(events, "report")[0]["verdict"] == "done"


def test_a_log_without_permission(sandbox):
    withhold(sandbox, "user/alice", "logs:GetLogEvents")
    code, events = json_of(sandbox, *flags("quiet"), "--wait")
    withhold(sandbox, "user/alice")
    assert code == 0 and not named(events, "report"), "the end is seen all the same"


def output_of_task(sandbox, client, variables):
    ecs, exports = client("ecs"), sandbox.exports
    [task] = ecs.run_task(
        cluster=exports["ECS_CLUSTER_NAME"], taskDefinition="snow-white", launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {
            "subnets": [exports["subnet_id"]], "securityGroups": [exports["sec_group"]], "assignPublicIp": "ENABLED"}},
        overrides={"containerOverrides": [{"name": "snow-white", "environment": [
            {"name": k, "value": v} for k, v in variables.items()]}]})["tasks"]
    ecs.get_waiter("tasks_stopped").wait(cluster=exports["ECS_CLUSTER_NAME"], tasks=[task["taskArn"]],
                                         WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return (sandbox.task_logs / f"task-{task['taskArn'].rpartition('/')[2]}.log").read_text()


def test_a_task_with_live_progress_logs_snapshots(sandbox, client):
    """Among lines for people, and only if the launch has requested it."""
    wake(sandbox, client, "acme-Workers")
    variables = {"WORKER_ACTION": "quiet", "EB_APP_NAME": "acme", "EB_ENV_NAME_PATTERN_STRING": "Workers",
                 "AWS_REGION": "us-east-1", "SNOW_WHITE_LOOKED_ON": "1"}
    output = output_of_task(sandbox, client, variables)
    standings = lines_of("\n".join(line for line in output.splitlines() if line.startswith("{")))
    assert {s["event"] for s in standings} == {"standing"}
    assert [s["stage"] for s in standings][0] == "looking" and standings[-1]["stage"] == "checking"
    assert standings[-1]["all"] == {"name": None, "instances": 3, "as_asked": 3, "gone": 0}
    assert any(s["stragglers"] for s in standings) and "QUIET: all" in output


def test_status(sandbox):
    code, events = json_of(sandbox, *flags("status"))
    assert code == 0 and len(named(events, "status")) == 3 and all(s["told"] and s["workers"] for s in named(events, "status"))


def test_jobs(sandbox, tmp_path):
    """What each event says: test_jobs.py."""
    redis = SidekiqRedis(tmp_path).start()
    try:
        fill(redis)
        done = snow_white(sandbox, "-a", "jobs", "--json", SIDEKIQ_REDIS_URL=redis.setting)
        status = snow_white(sandbox, *flags("status"), "--json", SIDEKIQ_REDIS_URL=redis.setting)
    finally:
        redis.stop()
    assert [e["source"] for e in lines_of(status.out) if e["event"] == "sidekiq"] == ["unrelated"], status
    hold_against_the_promises(done.out)
    events = [e["event"] for e in lines_of(done.out)]
    assert done.code == 0 and (events.count("job"), events.count("process"), events.count("queue"), events.count("jobs")) == (4, 4, 3, 1)


@pytest.mark.parametrize("change, code", [({}, 0), ({"pattern": "nosuch"}, 3)])
def test_a_dry_run(sandbox, change, code):
    ended, events = json_of(sandbox, *flags("quiet", **change), "--dry-run")
    assert ended == code
    levels = {f["level"] for f in named(events, "finding")}
    assert ("blocking" in levels) == (code != 0) and "fact" in levels


def test_cancel(sandbox, client):
    """For the effect on the drain: test_cancel.py."""
    wake(sandbox, client, "acme-Workers")
    running = Running([PROGRAM, *flags("quiet"), "--here", "--json"], at_the_prompt(sandbox))
    running.wait_for_output('"event":"started"')
    code, events = json_of(sandbox, *flags("quiet"), "--cancel")
    done = running.wait()
    assert code == 0 and named(events, "cancelled")[0]["command"] == named(lines_of(done.out), "started")[0]["command"]


def test_cancel_of_a_task_that_has_not_sent_yet(sandbox):
    sandbox.post("faults", ["ssm:SendCommand=throttled"])
    started, launched = json_of(sandbox, *flags("stop"))
    code, events = json_of(sandbox, *flags("stop"), "--cancel", seconds=180)
    sandbox.post("faults", [])
    assert (started, code) == (0, 0), events
    [stopped] = named(events, "task_stopped")
    assert stopped["task"] == named(launched, "submitted")[0]["task"] and stopped["started_by"] == "alice"


@pytest.mark.parametrize("arguments, code", [(["-a", "quiet"], 2), (["-a", "nap", *flags()[2:]], 2),
                                             (flags(profile="nosuch"), 2), (flags(pattern="nosuch"), 3)])
def test_errors_are_objects_too(sandbox, arguments, code):
    ended, events = json_of(sandbox, *arguments)
    assert ended == code and named(events, "error")[0]["text"], events


def test_help_stays_text(sandbox):
    done = snow_white(sandbox, "--help", "--json")
    assert done.code == 0 and "--json" in done.out and "{" not in done.out


def test_every_event_was_seen():
    """Except a line of the log that is not ours (an older image, the container's runtime):
    tests/unit/cli/follow_task_test.cpp."""
    assert SEEN == EVENTS - {"log"}
