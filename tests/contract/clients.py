"""Clients that are not ours, with a sandbox as endpoint: boto3, the AWS CLI, and raw requests
signed by botocore's SigV4Auth.

A raw request can be wrong in ways that boto3 does not allow: misspelt, unsigned, signed for another
hour."""

import datetime
import json
import pathlib
import subprocess
import sys
import unittest.mock
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from request_checker import model

VENV_BIN = pathlib.Path(sys.executable).parent


def make_client(sandbox, service, checked=True, **settings):
    """A boto3 client that does not repeat a call; `checked=False` sends even what the model does
    not allow."""
    keys = {"aws_access_key_id": sandbox.exports["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": sandbox.exports["AWS_SECRET_ACCESS_KEY"],
            "region_name": "us-east-1", "endpoint_url": sandbox.url} | settings
    return boto3.client(service, **keys, config=Config(retries={"total_max_attempts": 1}, read_timeout=30,
                                                       parameter_validation=checked))


def run_aws(sandbox, *arguments, **environment):
    """The AWS CLI as a person types it. Returns the finished process."""
    return subprocess.run([str(VENV_BIN / "aws"), *arguments, "--output", "json"], capture_output=True, text=True,
                          timeout=60, env=sandbox.environment(**environment))


class Answer:
    """A raw answer: `status`, `body`, and `code` and `message` of the error, whatever the
    protocol."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.code, self.message = "", ""
        if status >= 400:
            self.code, self.message = self.read_json() if body.startswith("{") else self.read_xml()

    def read_json(self):
        parsed = json.loads(self.body)
        return parsed["__type"].rpartition("#")[2], parsed.get("message", parsed.get("Message", ""))

    def read_xml(self):
        root = xml.etree.ElementTree.fromstring(self.body)
        found = {node.tag.rpartition("}")[2]: node.text or "" for node in root.iter()}
        return found["Code"], found.get("Message", "")

    def __repr__(self):
        return f"{self.status} {self.code}: {self.message or self.body[:300]}"


def signed(sandbox, service, headers, body, key=None, secret=None, token=None, shifted_by=0, scope=None,
           region="us-east-1"):
    """The request's headers, signed; `shifted_by` seconds from now, for the service `scope` instead
    of its own."""
    request = AWSRequest("POST", sandbox.url + "/", headers=headers, data=body)
    credentials = Credentials(key or sandbox.exports["AWS_ACCESS_KEY_ID"],
                              secret or sandbox.exports["AWS_SECRET_ACCESS_KEY"], token)
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=shifted_by)
    with unittest.mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: moment):
        SigV4Auth(credentials, scope or model(service).signing_name, region).add_auth(request)
    return dict(request.headers.items())


def post(sandbox, service, action, parameters, sign=True, change_headers=None, **signing):
    """Sends the parameters unchanged: a dict of JSON, or of the query protocol's form."""
    metadata = model(service).metadata
    if metadata["protocol"] == "json":
        body = json.dumps(parameters)
        headers = {"Content-Type": "application/x-amz-json-" + metadata["jsonVersion"],
                   "X-Amz-Target": f"{metadata['targetPrefix']}.{action}"}
    else:
        body = urllib.parse.urlencode({"Action": action, "Version": metadata["apiVersion"]} | parameters)
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    if sign:
        headers = signed(sandbox, service, headers, body, **signing)
    headers.update(change_headers or {})
    request = urllib.request.Request(sandbox.url + "/", data=body.encode(), headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return Answer(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read().decode())
