"""cfn/snow-white-cfn.yml as Python data: !Sub 'x' becomes {"Fn::Sub": "x"}, as CloudFormation's
JSON has it."""

import yaml

from sandbox_process import ROOT

PATH = ROOT / "cfn/snow-white-cfn.yml"


class Loader(yaml.SafeLoader):
    pass


def intrinsic(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        value = value.split(".", 1) if suffix == "GetAtt" else value
    else:
        value = (loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping)(node, True)
    return {suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix: value}


Loader.add_multi_constructor("!", intrinsic)


def template():
    return yaml.load(PATH.read_text(), Loader)


def one_or_more(value):
    return value if isinstance(value, list) else [value]


def statements_of(logical_id):
    """The statements of a role or of a managed policy, including those of the managed policies that
    a role names. A statement under a condition counts."""
    properties = template()["Resources"][logical_id]["Properties"]
    documents = [p["PolicyDocument"] for p in properties.get("Policies", [])]
    documents += [properties["PolicyDocument"]] if "PolicyDocument" in properties else []
    found = [s for d in documents for s in d["Statement"]]
    for managed in properties.get("ManagedPolicyArns", []):
        found += statements_of(managed["Ref"])
    return [s["Fn::If"][1] if "Fn::If" in s else s for s in found]


def actions_of(logical_id):
    return {action for s in statements_of(logical_id) for action in one_or_more(s["Action"])}
