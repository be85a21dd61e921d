"""What each action of the sandbox accepts, from botocore's service models:
sandbox/wire/request_shapes.json.

scripts/request-shapes writes that file; test_shapes.py fails when it is out of date.
"""

import json
import pathlib

from request_checker import QueryReader, model

FILE = pathlib.Path(__file__).resolve().parents[2] / "sandbox/wire/request_shapes.json"
ACTIONS = {
    "cloudformation": ["DescribeStackResource", "DescribeStackResources", "DescribeStacks"],
    "ec2": ["DescribeInstances", "DescribeRouteTables", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcEndpoints"],
    "ecr": ["DescribeImages"],
    "ecs": ["DescribeClusters", "DescribeTaskDefinition", "DescribeTasks", "ListTasks", "RunTask", "StopTask"],
    "elasticbeanstalk": ["DescribeApplications", "DescribeEnvironmentResources", "DescribeEnvironments"],
    "iam": ["GetInstanceProfile", "GetUser", "ListUserTags", "SimulatePrincipalPolicy"],
    "logs": ["FilterLogEvents", "GetLogEvents"],
    "ssm": ["CancelCommand", "DescribeDocument", "DescribeInstanceInformation", "GetCommandInvocation", "GetDocument",
            "ListCommandInvocations", "ListCommands", "SendCommand"],
    "sts": ["AssumeRole", "GetCallerIdentity"],
}
# Where the sandbox accepts something else than the models say. Patterns with these have no
# counterpart in the sandbox's std::regex, which compares bytes and knows no Unicode classes: such a
# text is judged by its length alone.
NOT_IN_STD_REGEX = ("\\p{", "\\u")
FURTHER_LIMITS = {
    # SSM's model has the lengths of a log group's name; its characters are in CloudWatch Logs' own
    # model.
    "CloudWatchOutputConfig.CloudWatchLogGroupName": {"pattern": r"[\.\-_/#A-Za-z0-9]+"},
}
# The sandbox has one type for whole numbers, one for broken ones.
SAME_TYPE = {"long": "integer", "float": "double", "character": "string"}


def request_shapes():
    return {service: {action: input_of(service, action) for action in actions} for service, actions in ACTIONS.items()}


def input_of(service, action):
    shape = model(service).operation_model(action).input_shape
    return described(shape, service) if shape else {"type": "structure", "required": [], "members": {}}


def described(shape, service):
    kind = SAME_TYPE.get(shape.type_name, shape.type_name)
    result = {"type": kind}
    result |= {limit: shape.metadata[limit] for limit in ("min", "max", "pattern", "enum") if limit in shape.metadata}
    if any(unknown in result.get("pattern", "") for unknown in NOT_IN_STD_REGEX):
        del result["pattern"]
    if kind == "structure":
        result["required"] = shape.required_members
        result["members"] = {name: member(shape, name, service) for name in shape.members}
    elif kind == "list":
        result["member"] = described(shape.member, service)
    elif kind == "map":
        result["key"], result["value"] = described(shape.key, service), described(shape.value, service)
    return result


def member(structure, name, service):
    result = described(structure.members[name], service) | FURTHER_LIMITS.get(f"{structure.name}.{name}", {})
    protocol = model(service).metadata["protocol"]
    wire_name = name if protocol == "json" else QueryReader(ec2=protocol == "ec2").name_of(structure.members[name], name)
    if wire_name != name:
        result["locationName"] = wire_name
    return result


def text():
    return json.dumps(request_shapes(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
