"""The product's own documents under SSM's own agent: they find the worker, quiet it and wake it again.

On the sandbox the workers are its models; on AWS it is tests/instance/imitation on the instance of the run's stack.
"""

import json

import pytest

LOGICAL = {"status": "StatusSideKiqDocument", "quiet": "QuietSideKiqDocument", "wake": "WakeSideKiqDocument"}


@pytest.mark.parametrize("action", ["status", "quiet", "status", "wake", "status"])
def test_a_document_of_ours(fleet, answer, action):
    """It ends well on each instance, and its last line is the one that the program reads."""
    if not fleet.product:
        pytest.skip("the stack of cfn/snow-white-cfn.yml was not made")
    detail = fleet.account.call("cloudformation", "DescribeStackResource",
                                {"StackName": fleet.product, "LogicalResourceId": LOGICAL[action]})["StackResourceDetail"]
    command = fleet.send(DocumentName=detail["PhysicalResourceId"], Targets=fleet.by_tag)
    end = fleet.wait_for_end(command, 600)
    outputs = [p["Output"] for i in fleet.invocations(command) for p in i["CommandPlugins"] if p["Name"] == "workers"]
    for output in outputs:
        answer(output.strip()[-300:])
    assert end["Status"] == "Success" and outputs, f"{end['StatusDetails']}: {outputs}"
    for output in outputs:
        assert json.loads(output.strip().splitlines()[-1])["snow_white"] == 1, output
