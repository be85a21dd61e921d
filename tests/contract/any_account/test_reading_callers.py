"""STS, IAM and credentials: who a caller is, and what an unknown caller is answered."""

import re

import pytest

from account import words

NOBODY = "snow-white-contract-nobody"


def test_who_the_caller_is(account):
    found = account.call("sts", "GetCallerIdentity")
    assert re.fullmatch(r"\d{12}", found["Account"])
    assert re.fullmatch(rf"arn:aws[a-z-]*:(iam|sts)::{found['Account']}:.+", found["Arn"]), found["Arn"]


def test_a_user_that_nobody_has(account):
    account.refused("iam", "ListUserTags", {"UserName": NOBODY}, "NoSuchEntity", status=404)


@pytest.mark.parametrize("parameters", [{}, {"UserName": NOBODY, "MaxItems": "0"}, {"UserName": "a b"}], ids=words)
def test_a_wrong_list_user_tags(account, parameters):
    account.refused("iam", "ListUserTags", parameters, "ValidationError")


@pytest.mark.parametrize("service, action, status, code", [
    ("sts", "GetCallerIdentity", 403, "InvalidClientTokenId"), ("ec2", "DescribeInstances", 401, "AuthFailure"),
    ("ssm", "ListCommands", 400, "UnrecognizedClientException")], ids=words)
def test_an_access_key_that_nobody_has(account, service, action, status, code):
    keys = {"aws_access_key_id": "AKIAUNKNOWNUNKNOWNUN", "aws_secret_access_key": "nothing"}
    seen = account.refusal(service, action, **keys)
    assert (seen.status, seen.code) == (status, code), repr(seen)
