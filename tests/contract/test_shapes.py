"""What the sandbox's actions accept: the checked-in JSON is what the pinned botocore has, and the
sandbox goes by it. The JSON is held against botocore's models a second time, member by member, by a
comparison of its own."""

import json

import pytest

from request_checker import SERVICES, model
from clients import post
from model_value import check_value
import request_shapes
from stack_template import template

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=1", "--simulated", "--drain", "2s"]
# The sandbox has one type for integers, one for floating-point numbers.
SAME_TYPE = {"long": "integer", "float": "double", "character": "string"}
LIMITS = ("min", "max", "pattern")
# An extra limit, whose source request_shapes.py names, and what std::regex does not know.
LOG_GROUP = "SendCommand.CloudWatchOutputConfig.CloudWatchLogGroupName"
UNICODE = ("\\p{", "\\u")
# The actions that the program and the programs of this folder need.
NEEDED = {
    "sts": {"GetCallerIdentity", "AssumeRole"},
    "iam": {"ListUserTags", "GetInstanceProfile", "SimulatePrincipalPolicy"},
    "ecr": {"DescribeImages"},
    "ecs": {"DescribeClusters", "DescribeTaskDefinition", "RunTask", "DescribeTasks", "ListTasks", "StopTask"},
    "logs": {"GetLogEvents"},
    "cloudformation": {"DescribeStackResource"},
    "elasticbeanstalk": {"DescribeEnvironments", "DescribeApplications", "DescribeEnvironmentResources"},
    "ec2": {"DescribeInstances", "DescribeSubnets", "DescribeSecurityGroups", "DescribeRouteTables", "DescribeVpcEndpoints"},
    "ssm": {"DescribeInstanceInformation", "SendCommand", "ListCommands", "ListCommandInvocations",
            "GetCommandInvocation", "CancelCommand", "DescribeDocument", "GetDocument"},
}


@pytest.fixture(scope="module")
def shapes(sandbox):
    return sandbox.look("shapes")


def test_the_file_is_up_to_date():
    assert request_shapes.FILE.read_text() == request_shapes.text(), (
        f"{request_shapes.FILE} is not what botocore's models have: run scripts/request-shapes and commit the file")


def test_the_sandbox_goes_by_the_file(shapes):
    """All of it: an action that the sandbox does not implement has no place in it."""
    assert shapes == json.loads(request_shapes.FILE.read_text())


def test_the_needed_actions_are_there(shapes):
    assert set(shapes) <= set(SERVICES)
    missing = {service: actions - set(shapes.get(service, {})) for service, actions in NEEDED.items()}
    assert not any(missing.values()), missing


@pytest.mark.parametrize("service", SERVICES)
def test_each_action_is_as_the_model_has_it(shapes, service):
    findings = []
    for action, shape in shapes[service].items():
        if action not in model(service).operation_names:
            findings.append(f"{action}: the model has no such action")
            continue
        theirs = model(service).operation_model(action).input_shape
        if theirs is None:
            findings += [f"{action}: the model has no input"] if shape["members"] else []
        else:
            findings += differences(shape, theirs, action, set())
    assert not findings, "\n".join(findings)


def differences(ours, theirs, path, above):
    """The differences; a recursive shape is followed once."""
    wanted = SAME_TYPE.get(theirs.type_name, theirs.type_name)
    if ours["type"] != wanted:
        return [f"{path}: the type is {ours['type']}, the model has {wanted}"]
    findings = [f"{path}: {limit} is {ours.get(limit)!r}, the model has {theirs.metadata.get(limit)!r}"
                for limit in LIMITS if limit_differs(limit, ours, theirs, path)]
    if ours.get("enum") != theirs.metadata.get("enum"):
        findings.append(f"{path}: allows {ours.get('enum')}, the model has {theirs.metadata.get('enum')}")
    if theirs.name in above:
        return findings
    inner = above | {theirs.name}
    if wanted == "structure":
        findings += members_differ(ours, theirs, path, inner)
    elif wanted == "list":
        findings += differences(ours["member"], theirs.member, path + "[]", inner)
    elif wanted == "map":
        findings += differences(ours["key"], theirs.key, path + " key", inner)
        findings += differences(ours["value"], theirs.value, path + " value", inner)
    return findings


def limit_differs(limit, ours, theirs, path):
    if limit != "pattern":
        return ours.get(limit) != theirs.metadata.get(limit)
    if path == LOG_GROUP:
        return "pattern" not in ours
    wanted = theirs.metadata.get("pattern")
    return ours.get("pattern") != (None if any(unknown in (wanted or "") for unknown in UNICODE) else wanted)


def members_differ(ours, theirs, path, above):
    findings = []
    for name, shape in ours["members"].items():
        if name in theirs.members:
            findings += differences(shape, theirs.members[name], f"{path}.{name}", above)
        else:
            findings.append(f"{path}: the model has no member {name}")
    missing = set(theirs.members) - set(ours["members"])
    if missing:
        findings.append(f"{path}: does not know {', '.join(sorted(missing))}")
    if set(ours["required"]) != set(theirs.required_members):
        findings.append(f"{path}: requires {sorted(ours['required'])}, the model {sorted(theirs.required_members)}")
    return findings


def test_a_task_definition_shows_the_labels_of_its_container(sandbox):
    """They say how far the stack's policies go, for --dry-run: registered with the template, and no
    launch changes them."""
    answer = post(sandbox, "ecs", "DescribeTaskDefinition", {"taskDefinition": "snow-white"})
    shown = json.loads(answer.body)
    assert check_value(model("ecs").operation_model("DescribeTaskDefinition").output_shape, shown, "") == []
    [container] = shown["taskDefinition"]["containerDefinitions"]
    [declared] = template()["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"]
    assert set(container["dockerLabels"]) == set(declared["DockerLabels"])
    assert set(container["dockerLabels"].values()) == {"*"} and len(container["dockerLabels"]) == 3
    assert "dockerLabels" not in model("ecs").shape_for("ContainerOverride").members
