"""The account that the suite runs against, by boto3: AWS itself, or a local AWS at
AWS_ENDPOINT_URL.

In: a boto3 session and a region. Out: clients whose answers are recorded (recorder.py), and the
error of a call that must be refused. Nothing here knows the sandbox, except `local`, which says
that the endpoint is not AWS's."""

import functools
import urllib.parse

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from recorder import Recorder

SERVICES = ("ssm", "sts", "iam", "ec2", "elasticbeanstalk", "cloudformation", "ecs", "logs", "autoscaling")
# The error codes of a caller without permission. The suite can then see nothing, which is no
# finding.
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class Account:
    def __init__(self, session, region, recorder=None, endpoint=None):
        self.session, self.region, self.endpoint = session, region, endpoint
        self.recorder = recorder or Recorder()
        self.clients = {}
        # AWS throttles; a local AWS gives the same answer again
        self.attempts = 1 if self.local else 5

    @staticmethod
    def of_sandbox(sandbox):
        keys = {"aws_access_key_id": sandbox.exports["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": sandbox.exports["AWS_SECRET_ACCESS_KEY"]}
        return Account(boto3.Session(**keys), "us-east-1", endpoint=sandbox.url)

    def client(self, service, checked=True, **keys):
        """`checked=False` sends even what the model does not allow; keys: others than the
        session's."""
        name = (service, checked, *sorted(keys.items()))
        if name not in self.clients:
            settings = Config(retries={"total_max_attempts": self.attempts, "mode": "standard"}, read_timeout=60,
                              parameter_validation=checked, user_agent_extra="snow-white-contract")
            client = self.session.client(service, region_name=self.region, endpoint_url=self.endpoint, config=settings, **keys)
            self.clients[name] = self.recorder.attach(client)
        return self.clients[name]

    @functools.cached_property
    def local(self):
        """The address of a local AWS; empty when at least one service is AWS's own."""
        urls = [self.endpoint or self._url(service) for service in SERVICES]
        return urls[0] if all(map(self._is_local, urls)) else ""

    def _url(self, service, **settings):
        return self.session.client(service, region_name=self.region, config=Config(**settings)).meta.endpoint_url

    @functools.cached_property
    def _suffixes(self):
        """How the names of AWS's hosts end in this region: another partition has another domain. A
        VPC endpoint has it, too."""
        own = urllib.parse.urlsplit(self._url("ssm", ignore_configured_endpoint_urls=True)).hostname
        return ("." + own.partition(f".{self.region}.")[2], ".api.aws")

    def _is_local(self, url):
        """Any host that is not AWS's is an override, whether it is a machine of this network or
        not."""
        host = urllib.parse.urlsplit(url).hostname or ""
        return not host.endswith(self._suffixes)

    def call(self, service, action, parameters=None, checked=False, kept=True, **keys):
        """The parsed answer of any action, by its name in the API. `kept=False`: the answer shows
        the account's own data, and no recording is written."""
        self.recorder.kept = kept
        return getattr(self.client(service, checked=checked, **keys), xform_name(action))(**parameters or {})

    def refusal(self, service, action, parameters=None, **more):
        """The exchange of a call that must be refused, for another reason than a missing
        permission."""
        try:
            self.call(service, action, parameters, **more)
        except ClientError as error:
            if is_denied(error):
                raise
            return self.recorder.last
        raise AssertionError(f"wanted a refusal, seen {self.recorder.last!r}")

    def refused(self, service, action, parameters, *codes, status=400):
        """The same, with one of the expected codes."""
        seen = self.refusal(service, action, parameters)
        assert seen.status == status and seen.code in codes, f"wanted {status} with one of {codes}, seen {seen!r}"
        return seen


def is_denied(error):
    return error.response["Error"]["Code"] in DENIED


def words(value):
    """A parameter of a test with an ID that shows it; pytest would number it."""
    if isinstance(value, dict):
        return ",".join(f"{k}={words(v)}" for k, v in value.items()) or "nothing"
    if isinstance(value, list):
        return "+".join(map(words, value)) or "none"
    return str(value)
