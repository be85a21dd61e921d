"""--dry-run by an operator with the permissions that the template grants: what it reports, and that
it sends nothing."""

import json
import re
import shlex

import pytest

from clients import run_aws
from operator_flags import flags, sent
from programs import snow_white
from permissions import withhold
from stack_template import template

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--environment", "acme-web=1:web",
                     "--simulated", "--drain", "1s"]
CHANGES = ("SendCommand", "RunTask", "CancelCommand", "StopTask")


@pytest.fixture(autouse=True)
def nothing_is_sent(sandbox):
    yield
    assert sent(sandbox) == 0
    assert not {r["action"] for r in sandbox.look("requests")} & set(CHANGES), "by the sandbox's journal"


@pytest.mark.parametrize("action", ["quiet", "wake", "stop"])
@pytest.mark.parametrize("way", [[], ["--here"]], ids=["launch", "here"])
def test_it_reports_what_would_happen(sandbox, action, way):
    done = snow_white(sandbox, *flags(action), "--dry-run", *way, "--timeout", "6h")
    assert done.code == 0 and done.err == "", f"{done!r}\n{sandbox.where()}"
    assert f"{action.capitalize()}SideKiqDocument" in done.out and "alice" in done.out
    assert "acme-Workers (Ready): 3 instances; agents: 3 online" in done.out and "acme-web" not in done.out
    assert ("task-definition/snow-white:" in done.out) == (not way)
    assert done.out.endswith("nothing was sent; nothing prevents the run\n")


def test_here_needs_no_settings(sandbox):
    done = snow_white(sandbox, *flags(), "--dry-run", "--here", ECS_CLUSTER_NAME=None, vpc_id=None)
    assert done.code == 0, repr(done)


@pytest.mark.parametrize("change, code, said", [({"pattern": "nosuch"}, 3, "acme-Workers, acme-web"),
                                                ({"application": "nosuch"}, 3, "nosuch"), ({"profile": "nosuch"}, 2, "nosuch")])
def test_missing_resources(sandbox, change, code, said):
    done = snow_white(sandbox, *flags(**change), "--dry-run")
    assert done.code == code and said in done.err, repr(done)


@pytest.mark.parametrize("profile, code", [("staging", 6), ("default", 4)])
def test_another_stack(sandbox, profile, code):
    done = snow_white(sandbox, *flags(profile=profile), "--dry-run", CFN_STACK_NAME="snow-black")
    assert done.code == code and "snow-black" in done.err and "to fix first: 2" in done.out, repr(done)


@pytest.mark.parametrize("right", ["ssm:GetDocument", "ssm:ListCommands", "cloudformation:DescribeStackResource",
                                   "ecs:DescribeTaskDefinition", "elasticbeanstalk:DescribeEnvironments"])
def test_a_denied_required_call_is_a_problem(sandbox, right):
    withhold(sandbox, "user/alice", right)
    done = snow_white(sandbox, *flags(), "--dry-run")
    withhold(sandbox, "user/alice")
    assert done.code == 6 and right in done.err and "OperatorPolicyArn" in done.err, repr(done)


def test_a_denied_optional_call_is_a_warning(sandbox):
    withhold(sandbox, "user/alice", "ssm:DescribeInstanceInformation")
    done = snow_white(sandbox, *flags(), "--dry-run")
    withhold(sandbox, "user/alice")
    assert done.code == 0 and "warning: not seen" in done.out and "3 not known" in done.out, repr(done)


# --- the settings of a launch

VPC, SUBNET, GROUP = "vpc-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718", "sg-0a1b2c3d4e5f60718"


def test_correct_settings_are_a_fact(sandbox):
    done = snow_white(sandbox, *flags(), "--dry-run")
    assert f"\ncluster snow-white is ACTIVE; {SUBNET} and {GROUP} are in {VPC}\n" in done.out, repr(done)
    assert "\nthe task would report to #snow-white by the stack's SLACK_WEBHOOK, which cannot be tested from here" in done.out


@pytest.mark.parametrize("setting, value, said", [
    ("subnet_id", "subnet-00000000000000000", "there is no subnet subnet-00000000000000000 in us-east-1 (InvalidSubnetID.NotFound); "
                                              "correct subnet_id or ECS_CLUSTER_REGION"),
    ("subnet_id", "mine", "there is no subnet mine in us-east-1 (InvalidSubnetID.Malformed)"),
    ("sec_group", "sg-00000000000000000", "there is no security group sg-00000000000000000 in us-east-1 (InvalidGroup.NotFound); "
                                          "correct sec_group or ECS_CLUSTER_REGION"),
    ("sec_group", "default", "there is no security group default in us-east-1 (InvalidGroupId.Malformed)"),
    ("ECS_CLUSTER_NAME", "snow-black", "there is no cluster snow-black in us-east-1 (MISSING); correct ECS_CLUSTER_NAME or"),
    ("ECS_CLUSTER_NAME", "snow-white-deleted", "is INACTIVE: it was deleted; correct ECS_CLUSTER_NAME"),
    ("vpc_id", "vpc-00000000000000000", f"{SUBNET} and {GROUP} are in {VPC}, not in vpc-00000000000000000; set vpc_id to {VPC}"),
    ("subnet_id", "subnet-0b2c3d4e5f6071829", f"subnet-0b2c3d4e5f6071829 is in vpc-0b2c3d4e5f6071829, vpc_id is {VPC}; name one"),
    ("sec_group", "sg-0b2c3d4e5f6071829", f"sg-0b2c3d4e5f6071829 is in vpc-0b2c3d4e5f6071829, vpc_id is {VPC}; name one"),
])
def test_a_wrong_setting_is_a_problem(sandbox, setting, value, said):
    done = snow_white(sandbox, *flags(), "--dry-run", **{setting: value})
    assert done.code == 4 and done.err.startswith(f"snow-white: {setting}: ") and said in done.err, repr(done)
    assert done.err.count("\n") == 1 and "to fix first: 1\n" in done.out, "one wrong setting is one line"
    assert "is ACTIVE; " not in done.out


@pytest.mark.parametrize("setting, value, there", [("subnet_id", "mine", SUBNET), ("sec_group", "default", GROUP)])
def test_the_suggested_command_lists_the_existing_ones(sandbox, setting, value, there):
    done = snow_white(sandbox, *flags(), "--dry-run", **{setting: value})
    command = shlex.split(done.err.rstrip("\n").rpartition("what is there: ")[2])
    shown = run_aws(sandbox, *command[1:])
    assert command[0] == "aws" and there in shown.stdout, f"{done!r}\n{shown.stderr}"


def test_all_problems_are_reported_at_once(sandbox):
    done = snow_white(sandbox, *flags(), "--dry-run", subnet_id="mine", sec_group="default", ECS_CLUSTER_NAME="snow-black",
                      CFN_STACK_NAME="snow-black")
    assert "to fix first: 5" in done.out and done.code == 6, repr(done)


def test_with_here_the_tasks_settings_are_not_checked(sandbox):
    before = sandbox.calls("ec2", "DescribeSubnets") + sandbox.calls("ecs", "DescribeClusters")
    done = snow_white(sandbox, *flags(), "--dry-run", "--here", subnet_id="mine")
    assert done.code == 0 and sandbox.calls("ec2", "DescribeSubnets") + sandbox.calls("ecs", "DescribeClusters") == before


def test_a_missing_optional_permission_is_a_warning(sandbox):
    rights = {"ECS_CLUSTER_NAME": "ecs:DescribeClusters", "subnet_id": "ec2:DescribeSubnets",
              "sec_group": "ec2:DescribeSecurityGroups"}
    withhold(sandbox, "user/alice", *rights.values())
    done = snow_white(sandbox, *flags(), "--dry-run")
    withhold(sandbox, "user/alice")
    assert done.code == 0 and done.err == "" and "is ACTIVE" not in done.out, repr(done)
    listed = ", ".join(f"{setting} ({right})" for setting, right in rights.items())
    assert f"\nwarning: not checked: {listed}; " in done.out and "OperatorPolicyArn" in done.out


def test_an_unreadable_setting_hides_no_other(sandbox):
    withhold(sandbox, "user/alice", "ec2:DescribeSubnets")
    done = snow_white(sandbox, *flags(), "--dry-run", sec_group="sg-0b2c3d4e5f6071829", ECS_CLUSTER_NAME="snow-black")
    withhold(sandbox, "user/alice")
    assert done.code == 4 and "warning: not checked: subnet_id (ec2:DescribeSubnets)" in done.out
    assert done.err.startswith("snow-white: ECS_CLUSTER_NAME: ") and "\nsnow-white: sec_group: " in done.err, repr(done)


def test_an_aws_that_does_not_answer_is_a_warning(sandbox):
    sandbox.post("faults", ["ec2:DescribeSubnets=unavailable"])
    try:
        done = snow_white(sandbox, *flags(), "--dry-run", AWS_MAX_ATTEMPTS="1")
    finally:
        sandbox.post("faults", [])
    assert done.code == 0 and "warning: subnet_id was not checked: ec2 DescribeSubnets: " in done.out, repr(done)


def test_a_wrong_cluster_region_is_suspected_when_all_is_missing(sandbox):
    done = snow_white(sandbox, *flags(profile="default"), "--dry-run", ECS_CLUSTER_REGION="eu-west-1")
    assert done.code == 4 and "to fix first: 4" in done.out, repr(done)
    for setting, noun in (("ECS_CLUSTER_NAME", "cluster snow-white"), ("subnet_id", f"subnet {SUBNET}"),
                          ("sec_group", f"security group {GROUP}")):
        assert f"\nsnow-white: {setting}: there is no {noun} in eu-west-1 (" in done.err, done.err
    assert done.err.count("or ECS_CLUSTER_REGION; ") == 3


def test_broad_policies_are_one_warning(sandbox):
    done = snow_white(sandbox, *flags(), "--dry-run")
    [warning] = [line for line in done.out.splitlines() if line.startswith("warning: ")]
    assert warning.startswith("warning: the stack's policies allow any cluster, any environment, any region; "), repr(done)
    named = dict(word.split("=") for word in warning.partition("--parameter-overrides ")[2].split())
    assert named == {"EcsClusterName": "snow-white", "WorkerEnvironments": "…", "WorkerRegions": "us-east-1"}
    taken = {n: bool(re.fullmatch(template()["Parameters"][n]["AllowedPattern"], value)) for n, value in named.items()}
    assert taken == {"EcsClusterName": True, "WorkerEnvironments": False, "WorkerRegions": True}, "what is to be filled in"
    events = [json.loads(line) for line in snow_white(sandbox, *flags(), "--dry-run", "--json").out.splitlines()]
    assert [e["text"] for e in events if e.get("level") == "warning"] == [warning.removeprefix("warning: ")]
    assert "policies" not in snow_white(sandbox, *flags(), "--dry-run", "--here").text


# --- a webhook at the prompt

SECRET = "T0SANDBOX/B0SANDBOX/secret"


@pytest.fixture
def look_first(sandbox):
    """look_first(webhook, …) is a --dry-run with that webhook, which posts nothing to Slack and
    prints nothing of it."""
    def run(webhook, *way, **environment):
        before = len(sandbox.look("slack"))
        done = snow_white(sandbox, *flags(), "--dry-run", *way, SLACK_WEBHOOK=webhook, **environment)
        assert len(sandbox.look("slack")) == before, "nothing is posted"
        assert not any(part in done.text for part in webhook.split("/")[3:]), "the path is a secret"
        assert done.code == 0 and done.err == "", f"Slack does not stand in the way: {done!r}"
        return done.out
    return run


def test_a_working_webhook_is_a_fact(sandbox, look_first):
    webhook = f"{sandbox.url}/services/{SECRET}"
    good = f"\nSLACK_WEBHOOK: good, {sandbox.url.removeprefix('http://')} knows it (nothing was posted); "
    assert good + "it would report to #deploys\n" in look_first(webhook, "--here", NOTIFY_SLACK_CHANNEL="#deploys")
    assert good + "it would report to the webhook's own channel\n" in look_first(webhook, "--here")
    assert good + "only --here reports by it, a task by the stack's own\n" in look_first(webhook)


@pytest.mark.parametrize("webhook, said", [
    ("{url}/services/T0SANDBOX/B0SANDBOX/other", "Slack does not know this webhook (HTTP 404 no_service); make a new one, and set"),
    ("{url}/elsewhere/s3cret", "that is no answer of Slack's (HTTP 404); SLACK_WEBHOOK is the URL that Slack shows"),
    ("http://127.0.0.1:9/services/s3cret", "127.0.0.1:9: ")])
def test_a_broken_webhook_is_a_warning(sandbox, look_first, webhook, said):
    out = look_first(webhook.format(url=sandbox.url), "--here")
    assert f"\nwarning: SLACK_WEBHOOK: Slack would get no message: {said}" in out


@pytest.mark.parametrize("status, said", [
    (403, "the workspace does not let this webhook post (HTTP 403 action_prohibited); ask its administrators"),
    (410, "the webhook's channel is gone (HTTP 410 channel_is_archived); make a new one"),
    (503, "Slack does not work (HTTP 503 service_unavailable); try again later")])
def test_a_slack_that_refuses_is_a_warning(sandbox, look_first, status, said):
    sandbox.fail_slack(status, 1)
    assert f"\nwarning: SLACK_WEBHOOK: Slack would get no message: {said}" in look_first(f"{sandbox.url}/services/{SECRET}", "--here")
