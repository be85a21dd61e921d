"""The endpoints of our calls, compared with botocore's: each service that we call, in a region of
each partition, under each setting of the environment and the config file. botocore's is the request
that it was about to send."""

import json
import pathlib
import subprocess
import sys

import pytest

from sandbox_process import BIN, clean_environment

HERE = pathlib.Path(__file__).resolve().parent
SERVICES = ("sts", "iam", "ec2", "cloudformation", "elasticbeanstalk", "ecs", "ecr", "ssm", "logs")
REGIONS = ("us-east-1", "eu-west-1", "us-west-2", "ap-southeast-5", "ca-west-1", "mx-central-1", "cn-north-1",
           "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1", "us-isob-east-1", "xx-future-1")
URL = "http://127.0.0.1:9"
SERVICES_SECTION = f"""
[services local]
ssm =
  endpoint_url = {URL}/ssm
elastic_beanstalk =
    endpoint_url = {URL}/eb
cloudwatch_logs =
  other = x
  endpoint_url = {URL}/logs
"""
SETTINGS = {
    "plain": ({}, ""),
    "fips": ({"AWS_USE_FIPS_ENDPOINT": "true"}, ""),
    "dual-stack": ({"AWS_USE_DUALSTACK_ENDPOINT": "True"}, ""),
    "both": ({"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"}, ""),
    "fips in the file": ({}, "[default]\nuse_fips_endpoint = true\n"),
    "dual-stack in the file": ({}, "[default]\nuse_dualstack_endpoint = true\n"),
    "the environment says no": ({"AWS_USE_FIPS_ENDPOINT": "false"}, "[default]\nuse_fips_endpoint = true\n"),
    "legacy sts": ({"AWS_STS_REGIONAL_ENDPOINTS": "legacy"}, ""),
    "legacy sts in the file": ({}, "[default]\nsts_regional_endpoints = legacy\n"),
    "legacy sts and fips": ({"AWS_STS_REGIONAL_ENDPOINTS": "legacy", "AWS_USE_FIPS_ENDPOINT": "true"}, ""),
    "one url": ({"AWS_ENDPOINT_URL": URL}, ""),
    "one url with a path": ({"AWS_ENDPOINT_URL": URL + "/aws"}, ""),
    "a service's url": ({"AWS_ENDPOINT_URL_SSM": URL + "/a", "AWS_ENDPOINT_URL": URL}, ""),
    "services' urls": ({"AWS_ENDPOINT_URL_" + s: f"{URL}/{s}" for s in (
        "STS", "IAM", "EC2", "CLOUDFORMATION", "ELASTIC_BEANSTALK", "ECS", "SSM", "CLOUDWATCH_LOGS")}, ""),
    "url and fips": ({"AWS_ENDPOINT_URL_ECS": URL, "AWS_USE_FIPS_ENDPOINT": "true"}, ""),
    "url in the file": ({}, f"[default]\nendpoint_url = {URL}/file\n"),
    "services in the file": ({}, f"[default]\nservices = local\nendpoint_url = {URL}/rest\n{SERVICES_SECTION}"),
    "environment before services": ({"AWS_ENDPOINT_URL": URL}, f"[default]\nservices = local\n{SERVICES_SECTION}"),
    "of another profile": ({"AWS_PROFILE": "other"}, f"[profile other]\nservices = local\n{SERVICES_SECTION}"),
    "ignored": ({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": URL},
                f"[default]\nendpoint_url = {URL}\n"),
    "ignored by the file": ({"AWS_ENDPOINT_URL": URL}, "[default]\nignore_configured_endpoint_urls = true\n"),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_our_endpoints_equal_botocores(setting, tmp_path):
    variables, config = SETTINGS[setting]
    (tmp_path / "config").write_text(config)
    environment = clean_environment(AWS_CONFIG_FILE=str(tmp_path / "config"), AWS_ACCESS_KEY_ID="a",
                                    AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none"), AWS_SECRET_ACCESS_KEY="s",
                                    **variables)
    asked = [(s, r) for r in REGIONS for s in SERVICES]
    lines = "".join(f"{s} {r}\n" for s, r in asked)

    def ask(*command):
        done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120, env=environment)
        assert done.returncode == 0, f"{command}: exit code {done.returncode}: {done.stderr[-2000:]}"
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(asked), f"{command}: {len(answers)} answers to {len(asked)} questions"
        return answers

    theirs = ask(sys.executable, str(HERE / "botocore_endpoints.py"))
    ours = ask(str(BIN / "resolve_endpoint"))
    different = [f"{s} {r}: botocore {their}, ours {our}" for (s, r), their, our in zip(asked, theirs, ours)
                 if their != our and not signed_for_iams_own_region(s, their, our)]
    assert not different, "\n".join(different)


def signed_for_iams_own_region(service, theirs, ours):
    """The one intended difference: given a URL for IAM, botocore signs for the client's region,
    which IAM itself does not accept; we sign for IAM's own."""
    return service == "iam" and theirs["url"] == ours["url"] and theirs["url"].startswith(URL)
