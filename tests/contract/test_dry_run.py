"""--dry-run by an operator who has what the template grants: what it says, and that it sends nothing."""

import pytest

from operator_at_work import flags, sent
from programs import snow_white
from rights import withhold

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
def test_it_says_what_would_happen(sandbox, action, way):
    done = snow_white(sandbox, *flags(action), "--dry-run", *way, "--timeout", "6h")
    assert done.code == 0 and done.err == "", f"{done!r}\n{sandbox.where()}"
    assert f"{action.capitalize()}SideKiqDocument" in done.out and "alice" in done.out
    assert "acme-Workers (Ready): 3 instances; agents: 3 online" in done.out and "acme-web" not in done.out
    assert ("task-definition/snow-white:" in done.out) == (not way)
    assert done.out.endswith("nothing was sent; nothing stands in the way\n")


def test_here_needs_no_settings(sandbox):
    done = snow_white(sandbox, *flags(), "--dry-run", "--here", ECS_CLUSTER_NAME=None, vpc_id=None)
    assert done.code == 0, repr(done)


@pytest.mark.parametrize("change, code, said", [({"pattern": "nosuch"}, 3, "acme-Workers, acme-web"),
                                                ({"application": "nosuch"}, 3, "nosuch"), ({"profile": "nosuch"}, 2, "nosuch")])
def test_what_is_not_there(sandbox, change, code, said):
    done = snow_white(sandbox, *flags(**change), "--dry-run")
    assert done.code == code and said in done.err, repr(done)


@pytest.mark.parametrize("profile, code", [("staging", 6), ("default", 4)])
def test_another_stack(sandbox, profile, code):
    done = snow_white(sandbox, *flags(profile=profile), "--dry-run", CFN_STACK_NAME="snow-black")
    assert done.code == code and "snow-black" in done.err and "to put right first: 2" in done.out, repr(done)


@pytest.mark.parametrize("right", ["ssm:GetDocument", "ssm:ListCommands", "cloudformation:DescribeStackResource",
                                   "ecs:DescribeTaskDefinition", "elasticbeanstalk:DescribeEnvironments"])
def test_a_look_that_is_refused_is_a_finding(sandbox, right):
    withhold(sandbox, "user/alice", right)
    done = snow_white(sandbox, *flags(), "--dry-run")
    withhold(sandbox, "user/alice")
    assert done.code == 6 and right in done.err and "OperatorPolicyArn" in done.err, repr(done)


def test_a_look_that_a_run_does_without_is_a_warning(sandbox):
    withhold(sandbox, "user/alice", "ssm:DescribeInstanceInformation")
    done = snow_white(sandbox, *flags(), "--dry-run")
    withhold(sandbox, "user/alice")
    assert done.code == 0 and "warning: not seen" in done.out and "3 not known" in done.out, repr(done)
