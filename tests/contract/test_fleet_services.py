"""Elastic Beanstalk, EC2, CloudFormation and SSM's list of instances: what exists, page by page.

any_account/ has their answers about names that do not exist and to wrong calls: AWS can be checked
for those, too."""

import re

import pytest

from clients import post

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=53", "--environment", "acme-mailers=4:pair",
                     "--environment", "acme-web=3:web", "--simulated", "--drain", "2s"]
COUNTS = {"acme-Workers": 53, "acme-mailers": 4, "acme-web": 3}
TAG = "elasticbeanstalk:environment-name"


# --- Elastic Beanstalk

def test_the_environments(client, aws):
    found = client("elasticbeanstalk").describe_environments(ApplicationName="acme")["Environments"]
    assert {e["EnvironmentName"] for e in found} == set(COUNTS)
    for environment in found:
        assert re.fullmatch(r"e-[a-z0-9]{10}", environment["EnvironmentId"])
        assert (environment["ApplicationName"], environment["Status"], environment["Health"]) == ("acme", "Ready", "Green")
        assert environment["DateCreated"].tzinfo is not None
    by_cli = aws("elasticbeanstalk", "describe-environments", "--application-name", "acme")["Environments"]
    assert [e["EnvironmentId"] for e in by_cli] == [e["EnvironmentId"] for e in found]


def test_environments_by_name_and_by_id(client):
    eb = client("elasticbeanstalk")
    [mailers] = eb.describe_environments(EnvironmentNames=["acme-mailers"])["Environments"]
    assert eb.describe_environments(EnvironmentIds=[mailers["EnvironmentId"]])["Environments"] == [mailers]
    assert eb.describe_environments(EnvironmentNames=["acme-workers"])["Environments"] == [], "names keep their case"


def test_environments_by_pages(client):
    pages = list(client("elasticbeanstalk").get_paginator("describe_environments")
                 .paginate(ApplicationName="acme", MaxRecords=1))
    assert len(pages) >= 3
    assert sorted(e["EnvironmentName"] for p in pages for e in p["Environments"]) == sorted(COUNTS)


def test_the_applications(client, aws):
    [acme] = client("elasticbeanstalk").describe_applications()["Applications"]
    assert acme["ApplicationName"] == "acme"
    assert aws("elasticbeanstalk", "describe-applications")["Applications"][0]["ApplicationName"] == "acme"


@pytest.mark.parametrize("name", COUNTS)
def test_the_resources_of_an_environment(client, aws, name):
    eb = client("elasticbeanstalk")
    resources = eb.describe_environment_resources(EnvironmentName=name)["EnvironmentResources"]
    ids = [i["Id"] for i in resources["Instances"]]
    assert len(ids) == COUNTS[name] == len(set(ids))
    assert all(re.fullmatch(r"i-[0-9a-f]{17}", i) for i in ids)
    [environment] = eb.describe_environments(EnvironmentNames=[name])["Environments"]
    assert eb.describe_environment_resources(EnvironmentId=environment["EnvironmentId"])["EnvironmentResources"] == resources
    by_cli = aws("elasticbeanstalk", "describe-environment-resources", "--environment-name", name)
    assert [i["Id"] for i in by_cli["EnvironmentResources"]["Instances"]] == ids


# --- EC2

def test_instances_by_tag_and_state(client, aws):
    for name, count in COUNTS.items():
        filters = [{"Name": f"tag:{TAG}", "Values": [name]}, {"Name": "instance-state-name", "Values": ["running"]}]
        answer = client("ec2").describe_instances(Filters=filters)
        instances = [i for r in answer["Reservations"] for i in r["Instances"]]
        assert len(instances) == count
        for instance in instances:
            tags = {t["Key"]: t["Value"] for t in instance["Tags"]}
            assert tags[TAG] == name and tags["elasticbeanstalk:environment-id"].startswith("e-") and "Name" in tags
            assert instance["State"] == {"Code": 16, "Name": "running"}
            assert re.fullmatch(r"us-east-1[a-z]", instance["Placement"]["AvailabilityZone"])
            assert instance["LaunchTime"].tzinfo is not None and instance["PrivateIpAddress"]
    by_cli = aws("ec2", "describe-instances", "--filters", f"Name=tag:{TAG},Values=acme-mailers,acme-web")
    assert sum(len(r["Instances"]) for r in by_cli["Reservations"]) == 7


def test_instances_by_pages(client):
    pages = list(client("ec2").get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 20}))
    ids = [i["InstanceId"] for p in pages for r in p["Reservations"] for i in r["Instances"]]
    assert len(pages) == 3 and len(ids) == 60 == len(set(ids))


def test_instances_by_id(client):
    ec2 = client("ec2")
    one = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    assert ec2.describe_instances(InstanceIds=[one])["Reservations"][0]["Instances"][0]["InstanceId"] == one


def test_no_instance_is_stopped(client):
    filters = [{"Name": "instance-state-name", "Values": ["stopped"]}]
    assert client("ec2").describe_instances(Filters=filters)["Reservations"] == []


def test_a_misspelt_member_of_describe_instances(sandbox):
    answer = post(sandbox, "ec2", "DescribeInstances", {"Filter.1.Names": "x"})
    assert answer.status == 400 and answer.code, repr(answer)


# --- CloudFormation

@pytest.mark.parametrize("logical, kind", [
    ("QuietSideKiqDocument", "AWS::SSM::Document"), ("WakeSideKiqDocument", "AWS::SSM::Document"),
    ("StopSideKiqDocument", "AWS::SSM::Document"), ("StatusSideKiqDocument", "AWS::SSM::Document"),
    ("TaskDefinition", "AWS::ECS::TaskDefinition"), ("LogGroup", "AWS::Logs::LogGroup"), ("TaskRole", "AWS::IAM::Role")])
def test_a_resource_of_the_stack(client, aws, logical, kind):
    detail = client("cloudformation").describe_stack_resource(
        StackName="snow-white", LogicalResourceId=logical)["StackResourceDetail"]
    assert (detail["StackName"], detail["LogicalResourceId"]) == ("snow-white", logical)
    assert (detail["ResourceType"], detail["ResourceStatus"]) == (kind, "CREATE_COMPLETE")
    assert detail["PhysicalResourceId"] and detail["LastUpdatedTimestamp"].tzinfo
    if kind == "AWS::SSM::Document":
        assert re.fullmatch(rf"snow-white-{logical}-[A-Z0-9]{{12}}", detail["PhysicalResourceId"])
    by_cli = aws("cloudformation", "describe-stack-resource", "--stack-name", "snow-white", "--logical-resource-id", logical)
    assert by_cli["StackResourceDetail"]["PhysicalResourceId"] == detail["PhysicalResourceId"]


def test_a_resource_that_the_stack_does_not_have(sandbox, aws_fails):
    said = "Resource NoSuchThing does not exist for stack snow-white"
    answer = post(sandbox, "cloudformation", "DescribeStackResource", {"StackName": "snow-white", "LogicalResourceId": "NoSuchThing"})
    assert (answer.status, answer.code) == (400, "ValidationError") and said in answer.message, repr(answer)
    assert said in aws_fails("cloudformation", "describe-stack-resource", "--stack-name", "snow-white",
                             "--logical-resource-id", "NoSuchThing")


def test_a_stack_that_is_not_there_by_the_cli(aws_fails):
    assert "Stack 'snow-black' does not exist" in aws_fails("cloudformation", "describe-stack-resource", "--stack-name",
                                                            "snow-black", "--logical-resource-id", "QuietSideKiqDocument")


# --- SSM's managed instances

def test_the_managed_instances_by_pages(client, aws):
    pages = list(client("ssm").get_paginator("describe_instance_information").paginate(PaginationConfig={"PageSize": 25}))
    found = [i for p in pages for i in p["InstanceInformationList"]]
    assert len(pages) == 3 and len({i["InstanceId"] for i in found}) == 60
    assert {i["PingStatus"] for i in found} == {"Online"}
    for instance in found:
        assert instance["ResourceType"] == "EC2Instance" and instance["PlatformType"] == "Linux"
        assert instance["LastPingDateTime"].tzinfo and instance["AgentVersion"] and instance["IPAddress"]
    by_cli = aws("ssm", "describe-instance-information", "--filters", f"Key=tag:{TAG},Values=acme-mailers")
    assert len(by_cli["InstanceInformationList"]) == 4


def test_managed_instances_by_filter(client):
    ssm = client("ssm")
    one = ssm.describe_instance_information()["InstanceInformationList"][0]["InstanceId"]

    def count(*filters):
        answer = ssm.describe_instance_information(Filters=[{"Key": k, "Values": v} for k, v in filters], MaxResults=50)
        return len(answer["InstanceInformationList"])

    assert count(("InstanceIds", [one])) == 1
    assert count((f"tag:{TAG}", ["acme-mailers", "acme-web"])) == 7
    assert count(("PingStatus", ["ConnectionLost"])) == 0


def test_a_misspelt_member_of_describe_instance_information(sandbox):
    answer = post(sandbox, "ssm", "DescribeInstanceInformation", {"filters": []})
    assert (answer.status, answer.code) == (400, "ValidationException"), repr(answer)
