"""Recorded answers of the real services (../shared/aws-recordings, which is no part of this
repository), read by the program's own parsers: parsed correctly, or refused with the right kind of
error. Where the folder is absent this is skipped; with CI=true it fails then. The unit tests
contain what the recordings show, in our own data."""

import datetime
import json
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree

import pytest

from sandbox_process import BIN

FOLDER = pathlib.Path(os.environ.get("AWS_RECORDINGS", pathlib.Path(__file__).resolve().parents[3] / "shared/aws-recordings"))
FILES = sorted(FOLDER.glob("*/*/*.json"))
OTHERS = {"slack", "ecs-metadata"}  # no services of the client
CONTAINER = "snow-white"
THROTTLED = {"RequestLimitExceeded", "ThrottlingException", "Throttling"}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "InvalidClientTokenId", "ExpiredToken",
          "ExpiredTokenException", "UnrecognizedClientException", "AuthFailure"}
NOT_FOUND = {"ClusterNotFoundException", "NoSuchEntity", "ResourceNotFoundException", "InvalidDocument", "InvalidCommandId",
             "InvocationDoesNotExist", "InvalidSubnetID.NotFound", "InvalidGroup.NotFound"}


def as_bytes(record):
    if "as_wire" in record:
        return record["as_wire"]
    return record["body"] if isinstance(record["body"], str) else json.dumps(record["body"])


def tag_asked_for(record):
    tags = record["body"].get("Tags", []) if isinstance(record["body"], dict) else []
    return tags[-1]["Key"] if tags else "slack_userid"


def id_asked_for(record):
    found = re.search(r"<(?:subnetId|groupId)>([^<]+)<", as_bytes(record))
    return found[1] if found else ""


@pytest.fixture(scope="module")
def read():
    """The program's result for each file: {path: (record, answer)}."""
    if not FILES and os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, and there are no recordings in {FOLDER}")
    if not FILES:
        pytest.skip(f"there are no recordings in {FOLDER}")
    records = [json.loads(path.read_text()) for path in FILES]
    lines = [json.dumps({"service": r["service"], "action": r["action"], "status": r["status"], "body": as_bytes(r),
                         "container": CONTAINER, "tag": tag_asked_for(r), "id": id_asked_for(r), "headers": r.get("headers", {})})
             for r in records if r["service"] not in OTHERS]
    done = subprocess.run([str(BIN / "read_recording")], input="\n".join(lines) + "\n", text=True, capture_output=True,
                          timeout=60, env={})
    assert done.returncode == 0, done.stderr
    answers = iter([json.loads(line) for line in done.stdout.splitlines()])
    return {path: (record, next(answers)) for path, record in zip(FILES, records) if record["service"] not in OTHERS}


def test_they_are_there(read):
    print(f"{len(read)} of {len(FILES)} recordings were read by the program's parsers; the others are Slack's and of "
          "the container's metadata")
    assert len(read) > 100


def code_in(record):
    """The code in the bytes, found in another way than the program's."""
    text = as_bytes(record)
    found = re.search(r'"__type":\s*"([^"]*#)?([^"]+)"', text) or re.search(r"()<Code>([^<]+)</Code>", text) or \
        re.search(r'()"Code":\s*"([^"]+)"', text)
    return found[2] if found else ""


def kind_wanted(record):
    code = code_in(record)
    if code in THROTTLED or "ErrorCode: Throttling" in as_bytes(record):
        return "throttled"
    for kind, codes in (("denied", DENIED), ("not_found", NOT_FOUND)):
        if code in codes:
            return kind
    return "server" if record["status"] >= 500 else "denied" if record["status"] in (401, 403) else "invalid"


def names(path):
    return str(path.relative_to(FOLDER))


def test_errors_are_refused_with_the_right_kind(read):
    seen = 0
    for path, (record, answer) in read.items():
        if record["status"] == 200:
            continue
        seen += 1
        assert answer.get("kind") == kind_wanted(record), f"{names(path)}: {answer}"
        assert answer["code"] == code_in(record), f"{names(path)}: {answer}"
        message = re.search(r'<Message>(.*?)</Message>|"[mM]essage":\s*"((?:[^"\\]|\\.)*)"', as_bytes(record), re.S)
        if message and (message[1] or message[2]):
            assert answer["message"], f"{names(path)}: it has a message: {answer}"
        asked = re.search(r"<Request(?:Id|ID)>([^<]+)<", as_bytes(record)) or \
            re.search(r'"RequestId":\s*"([^"]+)"', as_bytes(record))
        if asked and record["protocol"] != "json":
            assert answer["request_id"] == asked[1], f"{names(path)}: {answer}"
        assert "no further word" not in answer["words"] and not answer["words"].endswith(": "), f"{names(path)}: {answer}"
    print(f"{seen} errors, each of the right kind")
    assert seen


# The content of each good answer, read from the record by other means than the program's.

def truth_in_xml(action, text):
    root = xml.etree.ElementTree.fromstring(text.encode())
    for element in root.iter():
        element.tag = element.tag.partition("}")[2] or element.tag

    def by_key(items, key, value):
        return {item.findtext(key): item.findtext(value) or "" for item in root.iterfind(items)}
    if action == "GetCallerIdentity":
        return root.findtext(".//Arn")
    if action.startswith("AssumeRole"):
        return root.findtext(".//SessionToken")
    if action == "DescribeEnvironments":
        return by_key(".//Environments/member", "EnvironmentName", "EnvironmentId")
    if action == "DescribeInstances":
        return by_key(".//instancesSet/item", "instanceId", "instanceState/name")
    if action in ("DescribeSubnets", "DescribeSecurityGroups"):
        return root.findtext("./*/item/vpcId")
    if action == "DescribeStackResource":
        return root.findtext(".//PhysicalResourceId")
    if action == "ListUserTags":
        values = [item.findtext("Value") for item in root.iterfind(".//Tags/member")]
        return values[-1] if values else ""
    return None


def truth(record):
    body = record["body"]
    action = record["action"]
    if record["protocol"] in ("query", "ec2"):
        return truth_in_xml(action, as_bytes(record))
    if action == "DescribeInstanceInformation":
        return {i["InstanceId"]: i["PingStatus"] == "Online" for i in body["InstanceInformationList"]}
    if action == "SendCommand":
        return body["Command"]["CommandId"]
    if action == "ListCommands":
        return {c["CommandId"]: [c.get("TargetCount", 0), c.get("CompletedCount", 0)] for c in body["Commands"]}
    if action == "ListCommandInvocations":
        return {i["InstanceId"]: i["StatusDetails"] for i in body["CommandInvocations"]}
    if action == "GetLogEvents":
        return [e["message"] for e in body["events"]]
    if action == "GetDocument":
        return body["Content"]
    if action == "DescribeTasks":
        task = body["tasks"][0]
        ours = [c for c in task.get("containers", []) if c.get("name") == CONTAINER]
        return [task["lastStatus"], task.get("stoppedReason", ""), ours[0].get("exitCode") if ours else None]
    if action == "RunTask":
        return body["tasks"][0]["taskArn"]
    return None


def simplified(action, parsed):
    if action == "DescribeEnvironments":
        return {name: one["id"] for name, one in parsed.items()}
    if action == "DescribeInstances":
        return {name: one["state"] for name, one in parsed.items()}
    if action == "ListCommands":
        return {name: [one["targeted"], one["completed"]] for name, one in parsed.items()}
    if action == "ListCommandInvocations":
        return {name: one["detail"] for name, one in parsed.items()}
    if action == "DescribeTasks":
        return [parsed["status"], parsed["reason"], parsed["exit_code"]]
    if action.startswith("AssumeRole"):
        return parsed["session_token"]
    return parsed


def is_a_failure(record):
    body = record["body"]
    return isinstance(body, dict) and bool(body.get("failures")) and not (body.get("tasks") or body.get("clusters"))


def test_good_answers_are_parsed(read):
    checked = 0
    for path, (record, answer) in read.items():
        if record["status"] != 200 or record["service"] == "imds" or is_a_failure(record):
            continue
        wanted = truth(record)
        # EC2 classic: it is in no VPC
        if wanted is None and record["action"] == "DescribeSecurityGroups":
            assert answer["kind"] == "malformed", f"{names(path)}: {answer}"
            continue
        assert "parsed" in answer, f"{names(path)}: {answer}"
        if wanted is not None:
            checked += 1
            assert simplified(record["action"], answer["parsed"]) == wanted, f"{names(path)}: {answer}"
    print(f"{checked} good answers hold what the record holds")
    assert checked


def test_failures_of_http_200_are_errors_in_their_own_words(read):
    for path, (record, answer) in read.items():
        if record["status"] == 200 and is_a_failure(record):
            reason = record["body"]["failures"][0].get("reason", "")
            assert answer["kind"] == ("not_found" if reason == "MISSING" else "invalid"), f"{names(path)}: {answer}"
            assert reason in answer["words"], f"{names(path)}: {answer}"


def test_metadata_without_keys_says_why(read):
    for path, (record, answer) in read.items():
        if record["service"] != "imds":
            continue
        document = json.loads(as_bytes(record))
        if document["Code"] == "Success":
            assert answer["parsed"]["access_key_id"] == document["AccessKeyId"], f"{names(path)}: {answer}"
        else:
            assert answer["kind"] == "credentials" and document["Code"] in answer["words"], f"{names(path)}: {answer}"


def test_times_are_read(read):
    for path, (record, answer) in read.items():
        if record["action"] != "ListCommandInvocations" or record["status"] != 200:
            continue
        for one in record["body"]["CommandInvocations"]:
            told = one["RequestedDateTime"]
            if isinstance(told, (int, float)):
                assert answer["parsed"][one["InstanceId"]]["requested"] == pytest.approx(told, abs=0.001), names(path)
            else:  # the AWS CLI's spelling, which the API does not use
                datetime.datetime.fromisoformat(told)
