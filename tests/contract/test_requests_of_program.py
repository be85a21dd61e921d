"""Every request that our program sends, compared with botocore's service models
(request_checker.py)."""

import re

import pytest

from request_checker import check_request
from faulty_proxy import ALWAYS, FaultyProxy, ec2_error
from programs import PROGRAM, WITH_AWS_V2, Running, at_the_prompt, snow_white
from sandbox_process import ROOT

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=52", "--environment", "acme-mailers=2:pair",
                     "--simulated", "--relayed", "--drain", "2s"]


def flags(action, pattern="workers", profile="staging"):
    return ["-a", action, "-e", pattern, "-f", profile, "-p", "acme", "-r", "us-east-1"]


@pytest.fixture(scope="module")
def slow(start_sandbox):
    """Another sandbox, where a quiet lasts long enough to be cancelled."""
    return start_sandbox(*SANDBOX_ARGUMENTS[:-1], "10m")


def cancelled(sandbox, environment):
    """A quiet with --here, followed and cancelled when it has sent its command."""
    running = Running([PROGRAM, *flags("quiet"), "--here"], at_the_prompt(sandbox, **environment))
    running.wait_for_output("quiet command")
    return [snow_white(sandbox, *flags("quiet"), "--dry-run", **environment),
            snow_white(sandbox, *flags("quiet"), "--cancel", **environment)], running.wait()


def looked_at_in_a_poor_account(sandbox, environment):
    """A dry run where the task's subnet has no route out and an instance has no agent: it lists the
    endpoints and the role's policies."""
    first = sandbox.look("fleet")["environments"][0]["instances"][0]["id"]
    sandbox.post("instances", {"do": "lose-agent", "instances": [first]})
    there = {"vpc_id": "vpc-0b2c3d4e5f6071829", "subnet_id": "subnet-0b2c3d4e5f6071829", "sec_group": "sg-0b2c3d4e5f6071829"}
    return snow_white(sandbox, *flags("quiet"), "--dry-run", **there, **environment)


@pytest.fixture(scope="module")
def recorded(sandbox, slow):
    """What our program sent while it did everything that it can do, as a proxy in between recorded
    it."""
    with FaultyProxy(sandbox) as proxy:
        plain = {"AWS_ENDPOINT_URL": proxy.url}
        runs = [snow_white(sandbox, *flags("quiet"), "--wait", **plain),
                snow_white(sandbox, *flags("stop"), "--here", **plain),
                snow_white(sandbox, *flags("wake", "a"), "--wait", **plain),
                snow_white(sandbox, *flags("quiet", "mailers", "deploy"), "--here", PATH=WITH_AWS_V2, **plain)]
    with FaultyProxy(sandbox, DescribeInstances=[ec2_error("UnauthorizedOperation")] * ALWAYS) as other:
        # Without permission for EC2 it uses Elastic Beanstalk instead.
        runs.append(snow_white(sandbox, *flags("wake", "mailers"), "--here", AWS_ENDPOINT_URL=other.url))
    with FaultyProxy(slow) as third:
        # Not sent yet: the task is stopped. Sent: the command is cancelled.
        slow.post("faults", ["ssm:SendCommand=throttled"])
        runs += [snow_white(slow, *flags("wake"), *more, AWS_ENDPOINT_URL=third.url) for more in ([], ["--cancel"])]
        slow.post("faults", [])
        more, ended = cancelled(slow, {"AWS_ENDPOINT_URL": third.url})
        assert ended.code == 7, f"{ended!r}\n{slow.where()}"
        runs += more
        blocked = looked_at_in_a_poor_account(slow, {"AWS_ENDPOINT_URL": third.url})
        assert blocked.code == 4, f"{blocked!r}\n{slow.where()}"
    failed = [one for one in runs if one.code not in (0, 1)]
    assert not failed, f"{failed!r}\n{sandbox.where()}"
    found = [r for r in proxy.requests + other.requests + third.requests if r["method"] == "POST"]
    assert len(found) > 20, f"wanted the requests of ten runs, seen {len(found)}"
    return found


@pytest.fixture(scope="module")
def requests(sandbox, slow, recorded):
    """What the sandboxes received of all that, including the tasks' own requests."""
    return sandbox.look("requests") + slow.look("requests")


def test_each_that_was_sent_is_one_that_the_models_allow(recorded):
    findings = [finding for request in recorded for finding in check_request(request)]
    assert not findings, "\n".join(sorted(set(findings)))


def test_each_is_signed_for_its_service_and_region(recorded):
    scopes = [re.search(r"/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request", r["headers"]["Authorization"]) for r in recorded]
    assert {scope[1] for scope in scopes} == {"us-east-1"}


def test_each_that_was_received_is_one_that_the_models_allow(requests):
    findings = [finding for request in requests for finding in check_request(request)]
    assert not findings, "\n".join(sorted(set(findings)))


def test_none_was_refused_as_malformed(sandbox, requests):
    wrong = {"ValidationException", "ValidationError", "SerializationException", "InvalidParameterException",
             "MalformedInput", "UnknownParameter", "InvalidAction", "UnknownOperationException", "MissingParameter"}
    seen = {code for code, count in sandbox.look("stats")["errors"].items() if count}
    assert not seen & wrong, seen


def test_what_is_called_is_what_the_table_of_operations_says(requests):
    """The policies in the template are made from that table: nothing may be called that is not in
    it."""
    table = set(re.findall(r"\{\s*services::\w+,\s*\"(\w+)\"", (ROOT / "src/aws/config/operations.hpp").read_text()))
    # the operator's, for the profile deploy
    ours = {r["action"] for r in requests} - {"AssumeRole"}
    assert ours <= table, f"called, but not in the table: {ours - table}"
    assert table <= ours, f"in the table, but never called here: {table - ours}"


def test_who_called_what(sandbox, requests):
    timeline = sandbox.look("stats")["timeline"]
    callers = {(e["caller"], e["action"]) for e in timeline}
    assert ("user/alice", "RunTask") in callers
    assert any(c.startswith("role/") and a == "SendCommand" for c, a in callers), "the task acts by its own role"
