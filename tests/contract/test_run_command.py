"""SSM Run Command: sending, targets, statuses, pages, output, cancelling, documents."""

import json
import re
import time

import pytest

from request_checker import model
from clients import post
from model_value import check_value
from run_command import TAG, UNKNOWN_COMMAND, WAIT_SECONDS, refused

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=53", "--environment", "acme-small=2",
                     "--environment", "acme-slow=1", "--simulated", "--drain", "3s"]


@pytest.fixture(scope="module")
def big(ssm, documents, wait):
    """A status command to 53 instances that is over."""
    sent = ssm.send_command(DocumentName=documents["status"], Targets=[{"Key": TAG, "Values": ["acme-workers"]}],
                            MaxConcurrency="100%", MaxErrors="100%", Comment="for the pages")
    return wait(sent["Command"]["CommandId"])


# --- what SendCommand answers

def test_a_command_by_ids_as_it_is_answered(ssm, documents, ids_of, wait):
    ids = ids_of("acme-small")
    command = ssm.send_command(DocumentName=documents["status"], InstanceIds=ids, Comment="hello",
                               TimeoutSeconds=600)["Command"]
    assert re.fullmatch(r"[0-9a-f-]{36}", command["CommandId"])
    assert command["Status"] == "Pending" and command["InstanceIds"] == ids and command["Comment"] == "hello"
    assert (command["TargetCount"], command["CompletedCount"], command["ErrorCount"]) == (len(ids), 0, 0)
    assert (command["MaxConcurrency"], command["MaxErrors"]) == ("50", "0"), "the service's defaults"
    assert command["RequestedDateTime"] < command["ExpiresAfter"]
    done = wait(command["CommandId"])
    assert (done["Status"], done["TargetCount"], done["CompletedCount"]) == ("Success", 2, 2)


def test_a_command_by_tag_finds_its_targets_later(ssm, big):
    assert (big["Status"], big["TargetCount"], big["CompletedCount"], big["ErrorCount"]) == ("Success", 53, 53, 0)
    assert big["InstanceIds"] == [] and big["Targets"] == [{"Key": TAG, "Values": ["acme-workers"]}]


def test_targets_may_name_instances_too(ssm, documents, ids_of, wait):
    sent = ssm.send_command(DocumentName=documents["status"], Targets=[{"Key": "InstanceIds", "Values": ids_of("acme-small")}])
    assert wait(sent["Command"]["CommandId"])["TargetCount"] == 2


def test_a_tag_that_nobody_has(ssm, documents, wait):
    sent = ssm.send_command(DocumentName=documents["status"], Targets=[{"Key": TAG, "Values": ["acme-nowhere"]}])
    command = wait(sent["Command"]["CommandId"])
    assert command["TargetCount"] == 0 and command["StatusDetails"] in ("NoInstancesInTag", "Success"), command


def test_a_document_by_its_version(ssm, documents, ids_of):
    for version in ("1", "$DEFAULT", "$LATEST"):
        ssm.send_command(DocumentName=documents["status"], InstanceIds=ids_of("acme-small"), DocumentVersion=version)


# --- pages

def test_invocations_by_pages(ssm, big):
    pages = list(ssm.get_paginator("list_command_invocations").paginate(CommandId=big["CommandId"], Details=True))
    found = [i for p in pages for i in p["CommandInvocations"]]
    assert len(pages) == 2 and len(pages[0]["CommandInvocations"]) == 50, "50 is a page at most, and by default"
    assert len({i["InstanceId"] for i in found}) == 53
    for invocation in found:
        assert (invocation["Status"], invocation["StatusDetails"], invocation["Comment"]) == ("Success", "Success", "for the pages")
        [run] = [step for step in invocation["CommandPlugins"] if step["Name"] == "workers"]
        assert run["ResponseCode"] == 0 and '"snow_white":1' in run["Output"].replace(" ", "")
        assert run["ResponseFinishDateTime"] >= run["ResponseStartDateTime"]


def test_no_plugins_without_details(ssm, big):
    page = ssm.list_command_invocations(CommandId=big["CommandId"], MaxResults=1)
    assert page["CommandInvocations"][0]["CommandPlugins"] == [] and page["NextToken"]


def test_the_invocations_of_one_instance(ssm, big, ids_of):
    one = ids_of("acme-workers")[7]
    [invocation] = ssm.list_command_invocations(CommandId=big["CommandId"], InstanceId=one)["CommandInvocations"]
    assert invocation["InstanceId"] == one


def test_commands_by_pages(ssm, documents, ids_of, big):
    for _ in range(3):
        ssm.send_command(DocumentName=documents["status"], InstanceIds=ids_of("acme-small"))
    pages = list(ssm.get_paginator("list_commands").paginate(PaginationConfig={"PageSize": 2}))
    commands = [c for p in pages for c in p["Commands"]]
    assert len(pages) >= 2 and all(len(p["Commands"]) <= 2 for p in pages)
    assert len({c["CommandId"] for c in commands}) == len(commands) >= 4
    requested = [c["RequestedDateTime"] for c in commands]
    assert requested == sorted(requested, reverse=True), "the newest first"


def test_the_cli_pages_by_itself(aws, big):
    found = aws("ssm", "list-command-invocations", "--command-id", big["CommandId"], "--page-size", "20")
    assert len(found["CommandInvocations"]) == 53


# --- filters

def test_commands_by_filter(ssm, documents, big):
    def count(**filters):
        listed = ssm.list_commands(Filters=[{"key": k, "value": v} for k, v in filters.items()])["Commands"]
        return [c["CommandId"] for c in listed]

    requested = big["RequestedDateTime"]
    assert big["CommandId"] in count(DocumentName=documents["status"], Status="Success")
    assert big["CommandId"] not in count(DocumentName=documents["quiet"])
    assert big["CommandId"] in count(ExecutionStage="Complete")
    assert big["CommandId"] not in count(ExecutionStage="Executing")
    assert big["CommandId"] in count(InvokedAfter=f"{requested.year - 1}-01-01T00:00:00Z")
    assert big["CommandId"] not in count(InvokedBefore=f"{requested.year - 1}-01-01T00:00:00Z")


# --- the output

@pytest.fixture(scope="module")
def last_step(ssm, documents):
    """The name of the step that runs the script, as the document itself has it."""
    content = json.loads(ssm.get_document(Name=documents["status"], DocumentFormat="JSON")["Content"])
    return content["mainSteps"][-1]["name"]


def test_every_step_s_output_can_be_asked_for(ssm, documents):
    """GetCommandInvocation requires the name of one of two steps, and the model accepts no name
    under four letters."""
    plugin_name = model("ssm").operation_model("GetCommandInvocation").input_shape.members["PluginName"]
    for name in documents.values():
        for step in json.loads(ssm.get_document(Name=name, DocumentFormat="JSON")["Content"])["mainSteps"]:
            assert not check_value(plugin_name, step["name"], f"step {step['name']} of {name}")


def test_one_invocation_in_full(ssm, aws, big, ids_of, last_step):
    one = ids_of("acme-workers")[0]
    found = ssm.get_command_invocation(CommandId=big["CommandId"], InstanceId=one, PluginName=last_step)
    assert (found["Status"], found["ResponseCode"], found["PluginName"]) == ("Success", 0, last_step)
    assert '"snow_white":1' in found["StandardOutputContent"].replace(" ", "")
    assert found["ExecutionStartDateTime"].endswith("Z") and found["ExecutionElapsedTime"].startswith("PT")
    by_cli = aws("ssm", "get-command-invocation", "--command-id", big["CommandId"], "--instance-id", one, "--plugin-name", last_step)
    assert by_cli["StandardOutputContent"] == found["StandardOutputContent"]


def test_a_step_must_be_named_when_there_are_two(sandbox, big, ids_of):
    answer = post(sandbox, "ssm", "GetCommandInvocation", {"CommandId": big["CommandId"], "InstanceId": ids_of("acme-workers")[0]})
    assert answer.status == 200 or answer.code == "InvalidPluginName", repr(answer)


def test_the_output_is_empty_until_the_step_has_ended(ssm, documents, ids_of, wait):
    [one] = ids_of("acme-slow")
    command = ssm.send_command(DocumentName=documents["quiet"], InstanceIds=[one])["Command"]["CommandId"]
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        [invocation] = ssm.list_command_invocations(CommandId=command, Details=True)["CommandInvocations"] or [None]
        if invocation and invocation["Status"] != "Pending":
            break
        time.sleep(0.1)
    assert invocation["Status"] == "InProgress", invocation
    assert not any(p["Output"] for p in invocation["CommandPlugins"] if p["Status"] == "InProgress")
    assert wait(command)["Status"] == "Success"


def test_an_invocation_that_is_not_there(ssm, sandbox, big, ids_of, aws_fails):
    elsewhere = ids_of("acme-small")[0]
    with pytest.raises(ssm.exceptions.InvocationDoesNotExist):
        ssm.get_command_invocation(CommandId=big["CommandId"], InstanceId=elsewhere)
    refused(sandbox, "GetCommandInvocation", {"CommandId": big["CommandId"], "InstanceId": ids_of("acme-workers")[0],
                                              "PluginName": "no-such-step"}, "InvalidPluginName")
    assert "InvocationDoesNotExist" in aws_fails("ssm", "get-command-invocation", "--command-id", big["CommandId"],
                                                 "--instance-id", elsewhere)


def test_right_after_the_send_there_is_no_invocation(ssm, sandbox, documents, ids_of):
    """A retry is normal there; this must reveal a client that does not retry."""
    sent = ssm.send_command(DocumentName=documents["status"], Targets=[{"Key": TAG, "Values": ["acme-small"]}])
    refused(sandbox, "GetCommandInvocation", {"CommandId": sent["Command"]["CommandId"],
                                              "InstanceId": ids_of("acme-small")[0]}, "InvocationDoesNotExist")


# --- cancelling

def test_cancelling(ssm, documents, ids_of, wait):
    ids = ids_of("acme-workers")[:20]
    ssm.send_command(DocumentName=documents["wake"], InstanceIds=ids)
    command = ssm.send_command(DocumentName=documents["quiet"], InstanceIds=ids)["Command"]["CommandId"]
    time.sleep(1)
    ssm.cancel_command(CommandId=command)
    cancelled = wait(command)
    assert cancelled["Status"] in ("Cancelled", "Success") and cancelled["CompletedCount"] == 20, cancelled
    statuses = {i["Status"] for i in ssm.list_command_invocations(CommandId=command)["CommandInvocations"]}
    assert "Cancelled" in statuses and statuses <= {"Cancelled", "Success"}


def test_cancelling_what_is_not_there(ssm, sandbox, big, aws_fails):
    refused(sandbox, "CancelCommand", {"CommandId": UNKNOWN_COMMAND}, "InvalidCommandId")
    assert "InvalidCommandId" in aws_fails("ssm", "cancel-command", "--command-id", UNKNOWN_COMMAND)
    ssm.cancel_command(CommandId=big["CommandId"])  # over already: no error, nothing changes
    assert ssm.list_commands(CommandId=big["CommandId"])["Commands"][0]["Status"] == "Success"


# --- documents

def test_the_documents(ssm, aws, documents):
    for name in documents.values():
        described = ssm.describe_document(Name=name)["Document"]
        assert (described["Name"], described["DocumentType"], described["Status"]) == (name, "Command", "Active")
        assert (described["SchemaVersion"], described["HashType"]) == ("2.2", "Sha256")
        assert re.fullmatch(r"[0-9a-f]{64}", described["Hash"])
    assert aws("ssm", "describe-document", "--name", documents["quiet"])["Document"]["Name"] == documents["quiet"]


def test_a_document_that_is_not_there(sandbox, documents, ids_of):
    for action in ("DescribeDocument", "GetDocument"):
        refused(sandbox, action, {"Name": documents["quiet"], "DocumentVersion": "7"}, "InvalidDocumentVersion")
    refused(sandbox, "SendCommand", {"DocumentName": "no-such-document", "InstanceIds": ids_of("acme-small")}, "InvalidDocument")
