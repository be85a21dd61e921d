"""Every way to make SendCommand and the lists of Run Command fail, and SSM's error code for each.
any_account/test_reading_ssm.py has those of the lists that the model knows."""

import pytest

from run_command import TAG, refused

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=53", "--environment", "acme-small=2",
                     "--simulated", "--drain", "1s"]


@pytest.mark.parametrize("change, codes", [
    ({"InstanceIds": [f"i-{n:017x}" for n in range(51)]}, ["ValidationException"]),
    ({"InstanceIds": ["i-0ffffffffffffffff"]}, ["InvalidInstanceId"]),
    ({"InstanceIds": ["nonsense"]}, ["ValidationException", "InvalidInstanceId"]),
    ({"InstanceIds": []}, ["ValidationException", "InvalidInstanceId"]),
    ({"Comment": "c" * 101}, ["ValidationException"]),
    ({"TimeoutSeconds": 29}, ["ValidationException"]),
    ({"TimeoutSeconds": 2592001}, ["ValidationException"]),
    ({"TimeoutSeconds": "600"}, ["SerializationException"]),
    ({"MaxConcurrency": "0"}, ["ValidationException"]),
    ({"MaxConcurrency": "101%"}, ["ValidationException"]),
    ({"MaxErrors": "few"}, ["ValidationException"]),
    ({"DocumentName": "has space"}, ["ValidationException"]),
    ({"DocumentName": None}, ["ValidationException"]),
    ({"DocumentVersion": "0"}, ["ValidationException"]),
    ({"DocumentVersion": "7"}, ["InvalidDocumentVersion"]),
    ({"DocumentHash": "0" * 64, "DocumentHashType": "Sha256"}, ["InvalidDocument", "ValidationException"]),
    ({"DocumentHashType": "Md5"}, ["ValidationException"]),
    ({"Parameters": {"noSuchParameter": ["x"]}}, ["InvalidParameters"]),
    ({"Parameters": {"x": "not a list"}}, ["SerializationException"]),
    ({"Target": [{"Key": TAG, "Values": ["acme-small"]}]}, ["ValidationException"]),
    ({"instanceIds": []}, ["ValidationException"]),
    ({"InstanceIds": None}, ["ValidationException", "InvalidInstanceId", "InvalidTarget"]),
    ({"InstanceIds": None, "Targets": []}, ["ValidationException", "InvalidTarget"]),
    ({"InstanceIds": None, "Targets": [{"Key": TAG, "Values": ["x"]}] * 6}, ["ValidationException"]),
    ({"InstanceIds": None, "Targets": [{"Key": TAG, "Values": [f"e{n}" for n in range(51)]}]}, ["ValidationException"]),
    ({"InstanceIds": None, "Targets": [{"Key": TAG, "Value": ["acme-small"]}]}, ["ValidationException"]),
    ({"InstanceIds": None, "Targets": [{"Key": "nonsense", "Values": ["x"]}]}, ["ValidationException", "InvalidTarget"]),
    ({"Targets": [{"Key": TAG, "Values": ["acme-small"]}]}, ["ValidationException", "InvalidTarget"]),
], ids=lambda value: None if isinstance(value, list) else ",".join(f"{k}={str(v)[:24]}" for k, v in value.items()))
def test_a_wrong_send_command(sandbox, documents, ids_of, change, codes):
    before = sandbox.calls("ssm", "SendCommand")
    request = {"DocumentName": documents["status"], "InstanceIds": ids_of("acme-small")} | change
    refused(sandbox, "SendCommand", {k: v for k, v in request.items() if v is not None}, *codes)
    assert sandbox.calls("ssm", "SendCommand") == before + 1


def test_51_ids_by_boto3_and_by_the_cli(client, documents, ids_of, aws_fails):
    ids = ids_of("acme-workers")[:51]
    unchecked = client("ssm", checked=False)
    with pytest.raises(unchecked.exceptions.ClientError) as error:
        unchecked.send_command(DocumentName=documents["status"], InstanceIds=ids)
    assert error.value.response["Error"]["Code"] == "ValidationException" and "50" in str(error.value)
    assert "ValidationException" in aws_fails("ssm", "send-command", "--document-name", documents["status"],
                                              "--instance-ids", *ids)


@pytest.mark.parametrize("action", ["ListCommands", "ListCommandInvocations"])
@pytest.mark.parametrize("parameters", [{"Filters": [{"Key": "Status", "Value": "Success"}]}, {"CommandID": "x"}])
def test_a_misspelt_member_of_a_list(sandbox, action, parameters):
    refused(sandbox, action, parameters, "ValidationException")
