"""Compares a raw request with botocore's service models: an independent record of what AWS accepts.

In: a request as received (`method`, `path`, `headers`, `body`; `service` and `action` where the
receiver named them). Out: a list of findings, one sentence each; empty when AWS's model allows the
request. The service is found from X-Amz-Target or from Action and Version alone, never from the
receiver's own fields."""

import functools
import json
import re
import urllib.parse

import botocore.session

from model_value import check_value

SERVICES = ("sts", "iam", "ecs", "ecr", "ec2", "cloudformation", "elasticbeanstalk", "ssm", "logs")
SCOPE = re.compile(r"^AWS4-HMAC-SHA256 Credential=[^/,]+/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$")


@functools.cache
def model(service):
    return botocore.session.get_session().get_service_model(service)


def check_request(request):
    """Everything that is wrong with the request."""
    headers = {k.lower(): v for k, v in dict(request["headers"]).items()}
    findings = []
    if request["method"] != "POST":
        findings.append(f"the method is {request['method']}, these protocols use POST")
    if request["path"] != "/":
        findings.append(f"the path is {request['path']}, these protocols use /")
    check_body = check_json if "x-amz-target" in headers else check_query
    service, action, more = check_body(headers, request["body"])
    findings += more
    if service:
        findings += judge_receiver(request, service, action)
        findings += judge_scope(headers, service)
    return [f"{service or '?'} {action or '?'}: {finding}" for finding in findings]


def judge_receiver(request, service, action):
    seen = (request.get("service") or service, request.get("action") or action)
    return [] if seen == (service, action) else [f"the receiver took it for {seen[0]} {seen[1]}"]


def judge_scope(headers, service):
    """The credential scope, where the receiver kept the header (the signature itself may be left
    out)."""
    authorization = headers.get("authorization")
    if authorization is None:
        return []
    scope = SCOPE.match(authorization)
    if not scope:
        return [f"the Authorization header has no credential scope: {authorization[:60]}"]
    wanted = model(service).signing_name
    found = [] if scope[2] == wanted else [f"signed for the service {scope[2]}, not {wanted}"]
    if not {"x-amz-date", "date"} & headers.keys():
        found.append("neither X-Amz-Date nor Date is there")
    return found


def check_json(headers, body):
    prefix, _, action = headers["x-amz-target"].partition(".")
    service = next((s for s in SERVICES if model(s).metadata.get("targetPrefix") == prefix), None)
    if service is None:
        return None, action, [f"no service has the target prefix {prefix}"]
    if action not in model(service).operation_names:
        return service, action, ["the service has no such operation"]
    findings = []
    wanted = "application/x-amz-json-" + model(service).metadata["jsonVersion"]
    if headers.get("content-type") != wanted:
        findings.append(f"Content-Type is {headers.get('content-type')}, not {wanted}")
    try:
        value = json.loads(body or "{}")
    except ValueError as error:
        return service, action, findings + [f"the body is no JSON: {error}"]
    shape = model(service).operation_model(action).input_shape
    if shape is not None:
        findings += check_value(shape, value, "")
    return service, action, findings


def check_query(headers, body):
    pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=False)
    form = dict(pairs)
    findings = [] if len(form) == len(pairs) else ["a parameter is there twice"]
    action, version = form.pop("Action", None), form.pop("Version", None)
    service = next((s for s in SERVICES if model(s).metadata["protocol"] in ("query", "ec2")
                    and model(s).api_version == version and action in model(s).operation_names), None)
    if service is None:
        return None, action, findings + [f"no service has the operation {action} in version {version}"]
    if headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        findings.append(f"Content-Type is {headers.get('content-type')}, not application/x-www-form-urlencoded")
    shape = model(service).operation_model(action).input_shape
    if shape is None:
        return service, action, findings + [f"unknown member {name}" for name in form]
    reader = QueryReader(ec2=model(service).metadata["protocol"] == "ec2")
    value = reader.structure(shape, tree_of(form), "")
    return service, action, findings + reader.findings + check_value(shape, value, "")


def tree_of(form):
    """{"Filter.1.Name": "x"} becomes {"Filter": {"1": {"Name": "x"}}}."""
    root = {}
    for name, value in form.items():
        node, parts = root, name.split(".")
        for part in parts[:-1]:
            child = node.setdefault(part, {})
            node = child if isinstance(child, dict) else node
        node[parts[-1]] = value
    return root


class QueryReader:
    """Turns the query protocol's form back into the values of the model."""

    def __init__(self, ec2):
        self.ec2 = ec2
        self.findings = []

    def name_of(self, shape, member):
        """The member's name in the request, by the rules of the query protocol and of EC2's own."""
        name = shape.serialization.get("name", member)
        if self.ec2:
            return shape.serialization.get("queryName", name[0].upper() + name[1:])
        if shape.type_name == "list" and shape.serialization.get("flattened"):
            return shape.member.serialization.get("name", name)
        return name

    def structure(self, shape, node, path):
        if not isinstance(node, dict):
            self.findings.append(f"{path} is a scalar, the model has a structure")
            return {}
        value, known = {}, {}
        for member, member_shape in shape.members.items():
            known[self.name_of(member_shape, member)] = (member, member_shape)
        for name, child in node.items():
            if name not in known:
                self.findings.append(f"unknown member {path}{name}")
                continue
            member, member_shape = known[name]
            value[member] = self.value(member_shape, child, f"{path}{name}.")
        return value

    def value(self, shape, node, path):
        if shape.type_name == "structure":
            return self.structure(shape, node, path)
        if shape.type_name == "list":
            return self.list(shape, node, path)
        if isinstance(node, dict):
            self.findings.append(f"{path} is a structure, the model has a {shape.type_name}")
            return ""
        return self.scalar(shape, node)

    def list(self, shape, node, path):
        if node == "" and not self.ec2:
            return []  # the query protocol's way to send an empty list
        if isinstance(node, dict) and not self.ec2 and not shape.serialization.get("flattened"):
            wrapper = shape.member.serialization.get("name", "member")
            if set(node) != {wrapper}:
                self.findings.append(f"{path} has {sorted(node)}, a list is {path}{wrapper}.N")
            node = node.get(wrapper, {})
        if not isinstance(node, dict) or set(node) != {str(n + 1) for n in range(len(node))}:
            self.findings.append(f"{path} is no list numbered from 1")
            return []
        return [self.value(shape.member, node[str(n + 1)], f"{path}{n + 1}.") for n in range(len(node))]

    @staticmethod
    def scalar(shape, text):
        if shape.type_name in ("integer", "long") and re.fullmatch(r"-?\d+", text):
            return int(text)
        if shape.type_name == "boolean" and text in ("true", "false"):
            return text == "true"
        if shape.type_name == "timestamp" and TIMESTAMP.match(text):
            return 0
        return text
