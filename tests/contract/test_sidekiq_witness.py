"""A drain that reads Sidekiq's Redis: the jobs by name, who else takes from the queues, what waits.
Redis takes a success away or qualifies it, and never grants one."""

import json
import re

import pytest

from operator_flags import flags, sent, wake
from programs import snow_white

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--drain", "20s", "--redis"]
SECRET = "customer@example.com"
ADDED = {"console-1", "puma-1", "another"}


def redis(sandbox, **what):
    return sandbox.post("redis", what)


@pytest.fixture(autouse=True)
def undisturbed(sandbox, client):
    redis(sandbox, do="repair")
    wake(sandbox, client, "acme-Workers")
    yield
    redis(sandbox, do="repair")
    for host in ADDED & set(sandbox.get("/_sandbox/redis").split('"')):
        redis(sandbox, do="remove", host=host)


def run(sandbox, action, *more, way="--here"):
    return snow_white(sandbox, *flags(action), way, *more)


def events_of(ended):
    events = [json.loads(line) for line in ended.out.splitlines()]
    return {name: [e for e in events if e["event"] == name] for name in {e["event"] for e in events}}


def test_a_quiet_names_its_jobs_and_agrees_with_redis(sandbox):
    ended = run(sandbox, "quiet", "--json")
    events = events_of(ended)
    assert ended.code == 0, ended
    [report] = events["report"]
    assert report["sidekiq"]["source"] == "read" and report["sidekiq"]["other_processes"] == 0, report
    named = [job for one in events["sidekiq"] for job in one["longest"]]
    assert named and all(re.fullmatch("i-[0-9a-f]{17}", job["where"]) for job in named), named
    assert all(job["class"] and job["queue"] and job["id"] for job in named), named
    assert SECRET not in ended.out + ended.err


@pytest.mark.parametrize("way", ["--here", "--wait"])
def test_others_on_the_same_queues_are_named(sandbox, way):
    redis(sandbox, do="add", host="console-1", pid=77, queues=["default"], busy=1, up_for=7200)
    redis(sandbox, do="add", host="puma-1", pid=78, queues=["default"], embedded=True, sidekiq="7.3", up_for=60)
    redis(sandbox, do="add", host="another", pid=79, queues=["not-of-this-fleet"], up_for=60)
    ended = run(sandbox, "quiet", way=way)
    assert ended.code == 0, ended
    assert "NOT COVERED: 2 processes on console-1, puma-1 (inside another program) take from default" in ended.out, ended
    assert "another" not in ended.out.replace("another program", ""), ended
    assert SECRET not in ended.out + ended.err


@pytest.mark.parametrize("way", ["--here", "--wait"])
def test_strict_makes_it_partial(sandbox, way):
    redis(sandbox, do="add", host="console-1", pid=77, queues=["default"], up_for=7200)
    ended = run(sandbox, "quiet", "--strict", way=way)
    assert ended.code == 1, ended
    assert "NOT QUIET" in ended.out and "console-1" in ended.out, ended


def test_after_a_wake_the_queues_are_compared(sandbox):
    assert run(sandbox, "quiet").code == 0
    ended = run(sandbox, "wake")
    assert ended.code == 0, ended
    assert re.search(r"\d+ jobs? waits?", ended.out) and "when the run began" in ended.out, ended


@pytest.mark.parametrize("how", ["refuse", "cut", "garbage", "loading", "denied"])
def test_a_redis_that_fails_is_no_failure(sandbox, how):
    redis(sandbox, do="break", how=how)
    ended = run(sandbox, "quiet")
    assert ended.code == 0, ended
    assert re.search("not verified: Sidekiq's Redis could not be read: .+", ended.out), ended
    password = re.search("//:?([^@]+)@", sandbox.exports["SIDEKIQ_REDIS_URL"]).group(1)
    assert password not in ended.out + ended.err


def test_a_status_names_the_jobs(sandbox):
    ended = snow_white(sandbox, *flags("status"))
    assert ended.code == 0, ended
    assert re.search(r"\d+ jobs? left: \S+ \(\S+\) .+ on i-", ended.out), ended
    events = events_of(snow_white(sandbox, *flags("status"), "--json"))
    assert events["sidekiq"][0]["jobs"] > 0
    assert SECRET not in ended.out


def test_a_fleet_that_is_stopped_on_purpose(sandbox):
    """Nothing alarming, and what is suggested works."""
    assert run(sandbox, "stop").code == 0
    status = snow_white(sandbox, *flags("status"))
    assert status.code == 0 and "since all of them are stopped" in status.out and status.err == "", status
    strict = run(sandbox, "stop", "--strict")
    assert strict.code == 1 and "another application" not in strict.text, strict
    [suggested] = re.findall("next: of a stopped fleet --strict cannot be shown; .+: .+ (-a stop .+)", strict.out)
    assert "--strict" not in suggested, strict
    assert run(sandbox, "stop").code == 0


def test_without_the_variable_redis_is_not_asked(sandbox):
    before = sandbox.look("redis")["commands"]
    ended = snow_white(sandbox, *flags("quiet"), "--here", SIDEKIQ_REDIS_URL="")
    assert ended.code == 0 and sandbox.look("redis")["commands"] == before and "Redis" not in ended.out, ended


def test_a_bad_url_is_bad_input(sandbox):
    before = sent(sandbox)
    for url in ("http://s3cret.example", "redis://:s3cret@h:notaport", '{"acme": 7}'):
        ended = snow_white(sandbox, *flags("quiet"), "--here", SIDEKIQ_REDIS_URL=url)
        assert ended.code == 2 and "SIDEKIQ_REDIS_URL" in ended.err and "s3cret" not in ended.err, ended
    assert sent(sandbox) == before
