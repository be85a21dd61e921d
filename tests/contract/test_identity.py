"""STS, IAM and the profiles that the sandbox writes: who a caller is, by boto3 and by the AWS
CLI."""

import configparser
import pathlib
import re

import boto3
import pytest

from clients import post

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=1", "--simulated", "--drain", "2s"]
ADMINISTRATOR = "arn:aws:iam::123456789012:user/administrator"
ALICE = "arn:aws:iam::123456789012:user/alice"
DEPLOY = "arn:aws:iam::123456789012:role/Deploy"


@pytest.fixture(scope="module")
def session_of_deploy(client):
    return client("sts").assume_role(RoleArn=DEPLOY, RoleSessionName="release-42")


def test_the_exported_keys_are_the_administrators(client):
    answer = client("sts").get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == ("123456789012", ADMINISTRATOR)
    assert re.fullmatch(r"AIDA[A-Z0-9]{17}", answer["UserId"])


@pytest.mark.parametrize("profile, arn", [("default", ADMINISTRATOR), ("staging", ALICE), ("production", ALICE)])
def test_the_caller_of_each_plain_profile(aws, profile, arn):
    answer = aws("sts", "get-caller-identity", "--profile", profile, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert answer["Arn"] == arn


def test_the_deploy_profile_assumes_the_role(aws):
    answer = aws("sts", "get-caller-identity", "--profile", "deploy", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert re.fullmatch(r"arn:aws:sts::123456789012:assumed-role/Deploy/[\w+=,.@-]+", answer["Arn"])


def test_bob_has_keys_of_his_own(sandbox, aws):
    answer = aws("sts", "get-caller-identity", "--profile", "bob", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert answer["Arn"].endswith(":user/bob")
    keys = configparser.ConfigParser()
    keys.read(sandbox.exports["AWS_SHARED_CREDENTIALS_FILE"])
    assert keys["bob"]["aws_access_key_id"] != keys["default"]["aws_access_key_id"]


def test_the_files_are_private(sandbox):
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        path = pathlib.Path(sandbox.exports[name])
        assert path.parent.stat().st_mode & 0o077 == 0, f"wanted {path.parent} to be private"


def test_an_assumed_role(client, session_of_deploy):
    keys, user = session_of_deploy["Credentials"], session_of_deploy["AssumedRoleUser"]
    assert user["Arn"] == "arn:aws:sts::123456789012:assumed-role/Deploy/release-42"
    assert user["AssumedRoleId"].endswith(":release-42")
    assert keys["AccessKeyId"].startswith("ASIA")
    as_role = client("sts", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                     aws_session_token=keys["SessionToken"])
    assert as_role.get_caller_identity()["Arn"] == user["Arn"]


def test_session_credentials_need_their_token(client, session_of_deploy):
    keys = session_of_deploy["Credentials"]
    for token in (None, "another"):
        stripped = client("sts", aws_access_key_id=keys["AccessKeyId"],
                          aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=token)
        with pytest.raises(stripped.exceptions.ClientError) as refused:
            stripped.get_caller_identity()
        assert refused.value.response["Error"]["Code"] == "InvalidClientTokenId"


def test_a_session_by_an_unmodified_provider_chain(sandbox, monkeypatch):
    """boto3 itself reads the sandbox's files, assumes the role and signs with its credentials."""
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    answer = boto3.Session(profile_name="deploy").client("sts").get_caller_identity()
    assert ":assumed-role/Deploy/" in answer["Arn"]


@pytest.mark.parametrize("role, code", [
    ("arn:aws:iam::123456789012:role/Nobody", "AccessDenied"),
    ("Deploy", "ValidationError"),
])
def test_a_role_that_cannot_be_assumed(client, role, code):
    sts = client("sts", checked=False)
    with pytest.raises(sts.exceptions.ClientError) as refused:
        sts.assume_role(RoleArn=role, RoleSessionName="release-42")
    assert refused.value.response["Error"]["Code"] == code


@pytest.mark.parametrize("change, named", [
    ({"DurationSeconds": "899"}, "durationSeconds"), ({"DurationSeconds": "43201"}, "durationSeconds"),
    ({"RoleSessionName": "has space"}, "roleSessionName"), ({"RoleSessionName": "x"}, "roleSessionName"),
])
def test_a_parameter_of_assume_role_out_of_its_limits(sandbox, change, named):
    answer = post(sandbox, "sts", "AssumeRole", {"RoleArn": DEPLOY, "RoleSessionName": "release-42"} | change)
    assert (answer.status, answer.code) == (400, "ValidationError"), repr(answer)
    assert named.lower() in answer.message.lower()


def test_assume_role_without_a_role(sandbox):
    answer = post(sandbox, "sts", "AssumeRole", {"RoleSessionName": "release-42"})
    assert (answer.status, answer.code) == (400, "ValidationError"), repr(answer)


def test_the_tag_with_the_slack_user(client, aws):
    tags = client("iam").list_user_tags(UserName="alice")
    assert {"Key": "slack_userid", "Value": "U0ALICE00"} in tags["Tags"]
    assert tags["IsTruncated"] is False
    assert aws("iam", "list-user-tags", "--user-name", "alice")["Tags"] == tags["Tags"]


def test_bob_has_no_tag(client, aws):
    assert client("iam").list_user_tags(UserName="bob")["Tags"] == []
    assert aws("iam", "list-user-tags", "--user-name", "bob")["Tags"] == []


def test_nobody_is_no_such_entity_by_the_cli(aws_fails):
    assert "NoSuchEntity" in aws_fails("iam", "list-user-tags", "--user-name", "nobody")
