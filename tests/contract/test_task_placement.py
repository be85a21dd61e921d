"""Where a task may run: EC2's subnets and security groups, ECS's clusters, as boto3 and the AWS CLI
list them."""

import pytest

from clients import post

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=1", "--simulated", "--drain", "2s"]
DELETED = "snow-white-deleted"


def by_id(sandbox, client, kind):
    """For the subnets or the security groups: the call, and the ones that the settings name and do
    not name."""
    call, ids, found, key, setting = {
        "subnet": (client("ec2").describe_subnets, "SubnetIds", "Subnets", "SubnetId", "subnet_id"),
        "group": (client("ec2").describe_security_groups, "GroupIds", "SecurityGroups", "GroupId", "sec_group")}[kind]
    ours = sandbox.exports[setting]
    others = [one[key] for one in call()[found] if one[key] != ours]
    return lambda **asked: [one[key] for one in call(**asked)[found]], ids, ours, others


@pytest.mark.parametrize("kind", ["subnet", "group"])
def test_all_by_id_and_by_vpc(sandbox, client, kind):
    ask, ids, ours, others = by_id(sandbox, client, kind)
    assert len(others) == 1 and ask() == [ours, *others]
    assert ask(**{ids: [ours]}) == [ours] and ask(**{ids: [*others, ours]}) == [ours, *others]
    assert ask(Filters=[{"Name": "vpc-id", "Values": [sandbox.exports["vpc_id"]]}]) == [ours]
    assert ask(Filters=[{"Name": "vpc-id", "Values": ["vpc-*"]}]) == [ours, *others]
    assert ask(Filters=[{"Name": "vpc-id", "Values": ["vpc-00000000000000000"]}]) == []
    assert ask(MaxResults=5) == [ours, *others]


def test_by_the_cli(sandbox, aws):
    exports = sandbox.exports
    [subnet] = aws("ec2", "describe-subnets", "--subnet-ids", exports["subnet_id"])["Subnets"]
    [group] = aws("ec2", "describe-security-groups", "--group-ids", exports["sec_group"])["SecurityGroups"]
    assert subnet["VpcId"] == group["VpcId"] == exports["vpc_id"]
    assert (subnet["State"], subnet["AvailabilityZone"], group["GroupName"]) == ("available", "us-east-1a", "snow-white")
    [cluster] = aws("ecs", "describe-clusters", "--clusters", exports["ECS_CLUSTER_NAME"])["clusters"]
    assert (cluster["clusterName"], cluster["status"]) == (exports["ECS_CLUSTER_NAME"], "ACTIVE")


@pytest.mark.parametrize("action, parameters, code", [
    ("DescribeSubnets", {"SubnetId.1": "subnet-00000000000000000"}, "InvalidSubnetID.NotFound"),
    ("DescribeSubnets", {"SubnetId.1": "sg-0a1b2c3d4e5f60718"}, "InvalidSubnetID.Malformed"),
    ("DescribeSubnets", {"SubnetId.1": "subnet-mine"}, "InvalidSubnetID.Malformed"),
    ("DescribeSubnets", {"SubnetIds.1": "subnet-00000000000000000"}, "UnknownParameter"),
    ("DescribeSubnets", {"Filter.1.Name": "colour", "Filter.1.Value.1": "red"}, "InvalidParameterValue"),
    ("DescribeSubnets", {"MaxResults": "4"}, "InvalidParameterValue"),
    ("DescribeSubnets", {"NextToken": "no-such-token"}, "InvalidParameterValue"),
    ("DescribeSubnets", {"DryRun": "true"}, "DryRunOperation"),
    ("DescribeSecurityGroups", {"GroupId.1": "sg-00000000000000000"}, "InvalidGroup.NotFound"),
    ("DescribeSecurityGroups", {"GroupId.1": "default"}, "InvalidGroupId.Malformed"),
    ("DescribeSecurityGroups", {"GroupName.1": "default"}, "VPCIdNotSpecified"),
    ("DescribeSecurityGroups", {"groupId.1": "sg-00000000000000000"}, "UnknownParameter"),
], ids=lambda value: ",".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else None)
def test_what_ec2_refuses(sandbox, action, parameters, code):
    answer = post(sandbox, "ec2", action, parameters)
    assert answer.status >= 400 and answer.code == code, repr(answer)


def test_clusters(sandbox, client):
    ecs, ours = client("ecs"), sandbox.exports["ECS_CLUSTER_NAME"]
    answer = ecs.describe_clusters(clusters=[ours, DELETED, "snow-black"])
    assert {c["clusterName"]: c["status"] for c in answer["clusters"]} == {ours: "ACTIVE", DELETED: "INACTIVE"}
    [missing] = answer["failures"]
    assert missing["reason"] == "MISSING" and missing["arn"].endswith(":cluster/snow-black")
    by_arn = ecs.describe_clusters(clusters=[answer["clusters"][0]["clusterArn"]])
    assert by_arn["clusters"] == answer["clusters"][:1] and by_arn["failures"] == []
    [default] = ecs.describe_clusters()["failures"]
    assert default["arn"].endswith(":cluster/default"), "no name is that of the default cluster"


@pytest.mark.parametrize("parameters", [{"clusters": "snow-white"}, {"cluster": ["snow-white"]}, {"include": ["COLOURS"]},
                                        {"clusters": ["snow-white"] * 101}], ids=str)
def test_what_ecs_refuses(sandbox, parameters):
    answer = post(sandbox, "ecs", "DescribeClusters", parameters)
    assert answer.status == 400 and answer.code in ("InvalidParameterException", "SerializationException"), repr(answer)


@pytest.mark.parametrize("change, said", [({"cluster": DELETED}, "inactive"), ({"cluster": "snow-black"}, "not found"),
                                          ({"group": "other"}, "different networks")], ids=str)
def test_no_task_runs_with_invalid_network_settings(sandbox, client, change, said):
    _, _, subnet, _ = by_id(sandbox, client, "subnet")
    _, _, group, [other] = by_id(sandbox, client, "group")
    network = {"subnets": [subnet], "securityGroups": [other if "group" in change else group]}
    answer = post(sandbox, "ecs", "RunTask", {
        "cluster": change.get("cluster", "snow-white"), "taskDefinition": "snow-white", "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": network}})
    assert answer.status == 400 and said in answer.message, repr(answer)
