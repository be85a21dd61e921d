"""Reads SERVICE REGION on each line of standard input; prints for each the URL and the signing
region of a real boto call."""

import json
import sys

import botocore.session

session = botocore.session.Session()
CALLS = {"sts": "GetCallerIdentity", "iam": "ListUsers", "ec2": "DescribeRegions", "cloudformation": "ListStacks",
         "elasticbeanstalk": "DescribeApplications", "ecs": "ListClusters", "ssm": "ListCommands",
         "logs": "DescribeLogGroups", "ecr": "DescribeRegistry"}


class Sent(Exception):
    """Raised in place of sending."""


def stop(request, **_):
    raise Sent(request.url, request.headers["Authorization"])


for line in sys.stdin:
    service, region = line.split()
    client = session.create_client(service, region_name=region)
    client.meta.events.register("before-send", stop)
    try:
        client._make_api_call(CALLS[service], {})
    except Sent as sent:
        url, authorization = sent.args
        text = authorization.decode() if isinstance(authorization, bytes) else authorization
        print(json.dumps({"url": url, "region": text.split("/")[2]}))
