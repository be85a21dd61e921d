"""A drain by boto3 alone, as a person without Snow White would write it: nothing in it is adapted
to the sandbox, and every setting comes from the environment that boto3 itself reads.

Usage: boto3_quiet.py APPLICATION PATTERN [STACK]
Prints one line for each instance; exit code 0 when the quiet succeeded on all of them."""

import sys
import time

import boto3

ENDED = ("Success", "Cancelled", "TimedOut", "Failed")


def instances_of(application, pattern):
    eb = boto3.client("elasticbeanstalk")
    environments = [e for page in eb.get_paginator("describe_environments").paginate(ApplicationName=application)
                    for e in page["Environments"] if pattern in e["EnvironmentName"]]
    found = []
    for environment in environments:
        resources = eb.describe_environment_resources(EnvironmentName=environment["EnvironmentName"])
        found += [i["Id"] for i in resources["EnvironmentResources"]["Instances"]]
    return found


def document_of(stack):
    answer = boto3.client("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId="QuietSideKiqDocument")
    return answer["StackResourceDetail"]["PhysicalResourceId"]


def send(document, instance_ids):
    ssm = boto3.client("ssm")
    # SendCommand takes 50 IDs.
    return [ssm.send_command(DocumentName=document, InstanceIds=instance_ids[n:n + 50])["Command"]["CommandId"]
            for n in range(0, len(instance_ids), 50)]


def wait_for(command_id):
    pages = boto3.client("ssm").get_paginator("list_command_invocations")
    while True:
        invocations = [i for page in pages.paginate(CommandId=command_id, Details=True)
                       for i in page["CommandInvocations"]]
        if invocations and all(i["Status"] in ENDED for i in invocations):
            return invocations
        time.sleep(1)


def main(application, pattern, stack="snow-white"):
    instance_ids = instances_of(application, pattern)
    if not instance_ids:
        sys.exit(f"no instance in an environment of {application} whose name has {pattern}")
    invocations = [i for command_id in send(document_of(stack), instance_ids) for i in wait_for(command_id)]
    for invocation in invocations:
        print(invocation["InstanceId"], invocation["Status"])
    if {i["InstanceId"] for i in invocations} != set(instance_ids):
        sys.exit("not every instance was told")
    sys.exit(0 if all(i["Status"] == "Success" for i in invocations) else 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
