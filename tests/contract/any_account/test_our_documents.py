"""The product's own documents under SSM's own agent: they find the worker, quiet it and wake it
again.

On the sandbox the workers are its models; on AWS it is tests/instance/imitation on the instance of
the run's stack."""

import json

import pytest

LOGICAL = {"status": "StatusSideKiqDocument", "quiet": "QuietSideKiqDocument", "wake": "WakeSideKiqDocument"}


# The states that the imitated worker may have in each action's line.
AWAKE, ASLEEP, WAKING = {"running"}, {"quiet", "idle"}, {"running", "booting"}


@pytest.mark.parametrize("action, states", [("status", AWAKE), ("quiet", ASLEEP), ("status", ASLEEP), ("wake", WAKING),
                                            ("status", AWAKE)], ids=["status", "quiet", "status-of-quiet", "wake", "status-of-awake"])
def test_a_document_of_ours(fleet, answer, action, states):
    """It succeeds on each instance, and its last line is the one that the program reads. It finds
    the imitated worker quiet after the quiet, and running after the wake."""
    if not fleet.product:
        pytest.skip("the stack of cfn/snow-white-cfn.yml was not made")
    detail = fleet.account.call("cloudformation", "DescribeStackResource",
                                {"StackName": fleet.product, "LogicalResourceId": LOGICAL[action]})["StackResourceDetail"]
    command = fleet.send(DocumentName=detail["PhysicalResourceId"])
    end = fleet.wait_for_end(command, 600)
    outputs = [p["Output"] for i in fleet.invocations(command) for p in i["CommandPlugins"] if p["Name"] == "workers"]
    for output in outputs:
        answer(output.strip()[-300:])
    assert end["Status"] == "Success" and outputs, f"{end['StatusDetails']}: {outputs}"
    for output in outputs:
        line = json.loads(output.strip().splitlines()[-1])
        assert line["snow_white"] == 1, output
        seen = {worker["state"] for worker in line["workers"]}
        assert not fleet.has_imitation or (seen and seen <= states), f"wanted {' or '.join(sorted(states))}: {output}"
