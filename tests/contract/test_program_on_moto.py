"""A launch on moto, an independent local AWS: its parsers read our requests, ours read its answers.

moto cannot run a drain (it has no ListCommandInvocations); it implements STS, IAM, Elastic
Beanstalk and ECS."""

import re

import pytest

from clients import VENV_BIN
from moto_server import REGION, MotoServer
from programs import run
from sandbox_process import PROGRAM, clean_environment

FLAGS = ["-a", "quiet", "-e", "workers", "-f", "staging", "-p", "acme", "-r", REGION]


@pytest.fixture(scope="module")
def moto():
    with MotoServer("moto", VENV_BIN) as server:
        yield server


@pytest.fixture(scope="module")
def world(moto, tmp_path_factory):
    """A user, an application with two environments, a cluster, a task definition; and a person's
    configuration."""
    client = moto.client
    client("iam").create_user(UserName="alice")
    key = client("iam").create_access_key(UserName="alice")["AccessKey"]
    client("elasticbeanstalk").create_application(ApplicationName="acme")
    for name in ("acme-workers", "acme-web"):
        client("elasticbeanstalk").create_environment(ApplicationName="acme", EnvironmentName=name,
                                                      SolutionStackName="64bit Amazon Linux 2023 v4.0.0 running Ruby 3.2")
    client("ecs").create_cluster(clusterName="snow-white")
    client("ecs").register_task_definition(
        family="snow-white", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=[{"name": "snow-white", "image": "snow-white", "memory": 512, "logConfiguration": {
            "logDriver": "awslogs", "options": {"awslogs-group": "/ecs/snow-white", "awslogs-region": REGION,
                                                "awslogs-stream-prefix": "snow-white"}}}])
    subnet = client("ec2").describe_subnets()["Subnets"][0]
    [group] = client("ec2").describe_security_groups(Filters=[
        {"Name": "vpc-id", "Values": [subnet["VpcId"]]}, {"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
    home = tmp_path_factory.mktemp("aws")
    (home / "credentials").write_text(f"[staging]\naws_access_key_id = {key['AccessKeyId']}\n"
                                      f"aws_secret_access_key = {key['SecretAccessKey']}\n")
    environment = clean_environment(
        AWS_ENDPOINT_URL=moto.url, AWS_SHARED_CREDENTIALS_FILE=str(home / "credentials"), AWS_CONFIG_FILE=str(home / "config"),
        ECS_CLUSTER_REGION=REGION, ECS_CLUSTER_NAME="snow-white", vpc_id=subnet["VpcId"], subnet_id=subnet["SubnetId"],
        sec_group=group["GroupId"])
    return client, environment


def test_a_launch(world):
    client, environment = world
    done = run([PROGRAM, *FLAGS], environment)
    assert done.code == 0, repr(done)
    [arn] = re.findall(r"arn:aws:ecs:us-east-1:123456789012:task/\S+", done.out)[:1]
    [task] = client("ecs").describe_tasks(cluster="snow-white", tasks=[arn])["tasks"]
    assert task["startedBy"] == "alice" and task["launchType"] == "FARGATE"
    [override] = task["overrides"]["containerOverrides"]
    variables = {v["name"]: v["value"] for v in override["environment"]}
    assert (override["name"], variables["WORKER_ACTION"], variables["EB_APP_NAME"]) == ("snow-white", "quiet", "acme")
    assert variables["EB_ENV_NAME_PATTERN_STRING"] == "workers" and variables["AWS_REGION"] == REGION


@pytest.mark.parametrize("flags, variables, code", [
    (["-e", "Workers"], {}, 3), ([], {"CFN_STACK_NAME": "snow-black"}, 4), ([], {"ECS_CLUSTER_NAME": "snow-black"}, 4)])
def test_missing_resources(world, flags, variables, code):
    client, environment = world
    before = client("ecs").list_tasks(cluster="snow-white")["taskArns"]
    merged = list(FLAGS)
    for flag, value in zip(flags[::2], flags[1::2]):
        merged[merged.index(flag) + 1] = value
    done = run([PROGRAM, *merged], environment | variables)
    assert done.code == code and len(done.err.strip().splitlines()) == 1, repr(done)
    assert client("ecs").list_tasks(cluster="snow-white")["taskArns"] == before


SETTINGS = "cluster snow-white is ACTIVE; {subnet_id} and {sec_group} are in {vpc_id}"


def look_first(environment):
    """moto answers the rest of it (DescribeInstanceInformation, DescribeStackResource) with HTTP
    500."""
    return run([PROGRAM, *FLAGS, "--dry-run"], environment | {"AWS_MAX_ATTEMPTS": "1"})


def test_a_dry_run_checks_the_settings(world):
    _, environment = world
    done = look_first(environment)
    assert done.code == 9 and SETTINGS.format(**environment) in done.out, repr(done)
    assert "\nthe stack has neither a bot's token nor a webhook: Slack would get no message; " in done.out


@pytest.mark.parametrize("setting, value, said", [
    ("ECS_CLUSTER_NAME", "snow-black", "there is no cluster snow-black in us-east-1 (MISSING)"),
    ("subnet_id", "subnet-00000000000000000", "there is no subnet subnet-00000000000000000 in us-east-1 (InvalidSubnetID.NotFound)"),
    ("sec_group", "sg-00000000000000000", "there is no security group sg-00000000000000000 in us-east-1 (InvalidGroup.NotFound)"),
    ("vpc_id", "vpc-00000000000000000", "not in vpc-00000000000000000; set vpc_id to vpc-"),
    ("ECS_CLUSTER_REGION", "eu-west-1", "in eu-west-1 (InvalidSubnetID.NotFound)")])
def test_a_dry_run_with_a_wrong_setting(world, setting, value, said):
    _, environment = world
    done = look_first(environment | {setting: value})
    assert done.code == 9 and said in done.err and SETTINGS.format(**environment) not in done.out, repr(done)
