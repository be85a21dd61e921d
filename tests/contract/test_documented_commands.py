"""Every command of README.md and of four of the docs: run as far as possible here, or listed with
what is missing. A command that is not listed here fails, and so does one that is listed and no
longer documented. At the end: the tables of docs/setup.md about what its commands need and cost."""

import os
import re
import shutil
import subprocess

import botocore.session
import pytest

from clients import VENV_BIN
from documented_commands import commands_of
from moto_server import MotoServer
from programs import at_the_prompt
from sandbox_process import BIN, ROOT, clean_environment
from sidekiq_redis import SidekiqRedis, fill
from stack_template import template

DOCUMENTS = ("README.md", "docs/setup.md", "docs/operations.md", "docs/benchmarks.md", "docs/contract-aws.md")
WRITTEN = list(dict.fromkeys(c for name in DOCUMENTS for c in commands_of((ROOT / name).read_text())))
TEMPLATE_BIN = ROOT / "build/venv-template/bin"
CHECKS = {}  # command: what runs it
CANNOT = {}  # command: why it cannot be run here


def check(command):
    """The function below runs this command; it is given pytest's request for fixtures, and the
    command."""
    def take(function):
        CHECKS[command] = function
        return function
    return take


def shell(command, environment, *path, cwd=ROOT, seconds=300):
    """As typed; `path`: folders before the system's own in PATH."""
    environment = environment | {"PATH": ":".join([*map(str, path), "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"])}
    done = subprocess.run(["sh", "-c", command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=seconds,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{command}\nexit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


# --- the helper, against the sandbox

def fleet_of(start_sandbox, application):
    return start_sandbox("--application", application, "--environment", f"{application}-workers=2",
                         "--environment", f"eu-west-1/{application}-workers=1", "--simulated", "--drain", "1s")


@pytest.fixture(scope="module")
def acme(start_sandbox):
    return fleet_of(start_sandbox, "acme")


@pytest.fixture(scope="module")
def shop(start_sandbox):
    return fleet_of(start_sandbox, "shop")


@check("./snow-white.sh -a quiet -e workers -f staging -p acme -r us-east-1 --wait")
def _(fixture, command):
    assert "QUIET: all 2 workers on 2 instances" in shell(command, at_the_prompt(fixture("acme")), BIN)


@check("./snow-white.sh -a wake -e workers -f staging -p acme -r us-east-1 --wait")
def _(fixture, command):
    shell(command.replace("-a wake", "-a quiet"), at_the_prompt(fixture("acme")), BIN)
    assert "AWAKE: all 2 workers on 2 instances" in shell(command, at_the_prompt(fixture("acme")), BIN)


@check("./snow-white.sh -a quiet -e workers -f staging -p acme -r us-east-1 --dry-run")
def _(fixture, command):
    assert "nothing prevents the run" in shell(command, at_the_prompt(fixture("acme")), BIN)


def without_a_task(sandbox):
    """The prompt of somebody who has neither a cluster nor Slack."""
    unset = ("ECS_CLUSTER_REGION", "ECS_CLUSTER_NAME", "vpc_id", "subnet_id", "sec_group", "SLACK_WEBHOOK", "SLACK_BOT_TOKEN",
             "NOTIFY_SLACK_CHANNEL")
    return {k: v for k, v in at_the_prompt(sandbox).items() if k not in unset}


@check("./snow-white.sh -a quiet -e workers -f staging -p acme -r us-east-1 --here --dry-run")
def _(fixture, command):
    assert "nothing prevents the run" in shell(command, without_a_task(fixture("acme")), BIN)


@check("./snow-white.sh -a quiet -e workers -f staging -p acme -r us-east-1 --here")
def _(fixture, command):
    assert "QUIET: all 2 workers on 2 instances" in shell(command, without_a_task(fixture("acme")), BIN)


@check("./snow-white.sh -a wake -e workers -f staging -p acme -r us-east-1 --here")
def _(fixture, command):
    shell(command.replace("-a wake", "-a quiet"), without_a_task(fixture("acme")), BIN)
    assert "AWAKE: all 2 workers on 2 instances" in shell(command, without_a_task(fixture("acme")), BIN)


@check("./snow-white.sh -a quiet -e workers -f production -p shop -r us-east-1 --wait &&\n"
       "    eb deploy && ./snow-white.sh -a wake -e workers -f production -p shop -r us-east-1 --wait")
def _(fixture, command):
    """The EB CLI is not here: a stand-in prints that it was called, between the other two."""
    folder = stand_in(fixture, "eb", "echo deploys: $*")
    said = shell(command, at_the_prompt(fixture("shop")), folder, BIN)
    assert re.search(r"QUIET: all 2.*deploys: deploy\n.*AWAKE: all 2", said, re.DOTALL), said


@check("./snow-white.sh -a quiet -e workers -f production -p shop -r us-east-1,eu-west-1 --wait")
def _(fixture, command):
    said = shell(command, at_the_prompt(fixture("shop")), BIN)
    assert re.search("QUIET: all 3 workers on 3 instances", said), said


@check("./snow-white.sh -a quiet|wake|stop|status -e PATTERN -f PROFILE -p APP -r REGION "
       "[--exclude PATTERN] [--match glob] [--reason WORDS] [--wait | --here | --cancel] [--dry-run] [--json] "
       "[--timeout 6h] [--batch 25%] [--slack-user ID] [--strict] [--yes] [--watch 60s]")
def _(_, command):
    """A synopsis: it has each flag of --help."""
    told = shell("./snow-white.sh --help", clean_environment(), BIN)
    flags = set(re.findall(r"(?<= |\[)--?[a-z-]+", command))
    assert flags == set(re.findall(r"^  (--?[a-z-]+)", told, re.MULTILINE)) - {"-h", "--version"}


@check("./snow-white.sh -a jobs [-p APP] [--watch 60s] [--json]")
def _(_, command):
    """Each other flag is refused, with this one."""
    told = shell("./snow-white.sh --help", clean_environment(), BIN)
    others = set(re.findall(r"^  (--?[a-z-]+)( [A-Z]+)?", told, re.MULTILINE)) - {("-h", ""), ("--version", "")}
    assert len(others) > 15
    for flag, value in others:
        said = shell(f"./snow-white.sh -a jobs {'' if flag == '-a' else flag + value.replace('DURATION', '60s').lower()} 2>&1 || true",
                     clean_environment(), BIN)
        assert ("leave out" in said) == (f"[{flag}" not in command and flag != "-a"), (flag, said)


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    server = SidekiqRedis(tmp_path_factory.mktemp("redis")).start()
    fill(server)
    yield server
    server.stop()


@check("./snow-white.sh -a jobs")
def _(fixture, command):
    said = shell(command, clean_environment(SIDEKIQ_REDIS_URL=fixture("redis").setting), BIN)
    assert said.startswith("4 jobs run in 3 processes on 3 hosts;"), said


@check('export SIDEKIQ_REDIS_URL="$(cat ~/.sidekiq-redis-url)"')
def _(fixture, command):
    home = fixture("tmp_path")
    (home / ".sidekiq-redis-url").write_text(fixture("redis").setting + "\n")
    assert "ReportJob" in shell(f"{command}; ./snow-white.sh -a jobs", clean_environment(HOME=str(home)), BIN)


@check("./snow-white.sh -a quiet -e workers -f production -p shop -r us-east-1 --wait --json | "
       "jq -r 'select(.event == \"instance\" and (.as_asked | not)) | .id'")
def _(fixture, command):
    """Quiet everywhere: no worker is missing. Likewise the report of those that are as asked names
    both."""
    assert shell(command, at_the_prompt(fixture("shop")), BIN) == ""
    assert shell(command.replace(" | not", ""), at_the_prompt(fixture("shop")), BIN).count("i-") == 2


@check("./snow-white.sh -a quiet -e workers -f production -p shop -r us-east-1 --wait --json | tee run.jsonl")
def _(fixture, command):
    folder = fixture("tmp_path")
    written = command.replace("run.jsonl", str(folder / "run.jsonl"))
    shell(f"{written} && snow-white-check {folder / 'run.jsonl'}", at_the_prompt(fixture("shop")), BIN)


@check("snow-white-check run.jsonl")
def _(fixture, command):
    """A line of a run that was cut off: the log says so."""
    folder = fixture("tmp_path")
    (folder / "run.jsonl").write_text('{"v":1,"event":"noted","at":"2026-11-24T00:00:00Z","text":"x","loud":false}\n')
    said = shell(f"{command} || [ $? -eq 1 ]", clean_environment(), BIN, cwd=folder)
    assert said.startswith("run.jsonl:1: (b) 2026-11-24T00:00:00Z: no report"), said


def stand_in(fixture, name, script):
    folder = fixture("tmp_path") / "stand-ins"
    folder.mkdir()
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o700)
    return folder


# --- the AWS CLI and SAM, against the sandbox where possible, against moto where a whole account is
# needed

@check("aws ssm describe-instance-information")
def _(fixture, command):
    assert shell(command, fixture("acme").environment(), VENV_BIN).count('"PingStatus": "Online"') == 2


def moto_server(name):
    if not (TEMPLATE_BIN / "moto_server").exists():
        pytest.skip("moto's CloudFormation is not here: scripts/python-env template")
    return MotoServer(name, TEMPLATE_BIN)


@pytest.fixture(scope="module")
def moto():
    with moto_server("moto-commands") as server:
        yield server


@pytest.fixture(scope="module")
def account():
    """A moto with AWS's own policies and a stack with outputs: moto gives none to a stack that a
    change set has created."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
        with moto_server("moto-account") as server:
            server.client("cloudformation").create_stack(
                StackName="snow-white", TemplateBody=(ROOT / "cfn/snow-white-cfn.yml").read_text(),
                Capabilities=["CAPABILITY_NAMED_IAM"])
            yield server


@check("aws iam tag-user --user-name YOU --tags Key=slack_userid,Value=U…")
def _(fixture, command):
    iam = fixture("moto").client("iam")
    iam.create_user(UserName="carol")
    shell(command.replace("YOU", "carol").replace("U…", "U0CAROL"), fixture("moto").environment(), VENV_BIN)
    assert iam.list_user_tags(UserName="carol")["Tags"] == [{"Key": "slack_userid", "Value": "U0CAROL"}]


@check("aws iam attach-role-policy --role-name aws-elasticbeanstalk-ec2-role "
       "--policy-arn arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
def _(fixture, command):
    iam, role = fixture("account").client("iam"), "aws-elasticbeanstalk-ec2-role"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    shell(command, fixture("account").environment(), VENV_BIN)
    [attached] = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert attached["PolicyName"] == "AmazonSSMManagedInstanceCore"


@check("aws ecs create-cluster --cluster-name tools --capacity-providers FARGATE")
def _(fixture, command):
    shell(command, fixture("moto").environment(), VENV_BIN)
    [cluster] = fixture("moto").client("ecs").describe_clusters(clusters=["tools"])["clusters"]
    assert (cluster["status"], cluster["capacityProviders"]) == ("ACTIVE", ["FARGATE"])


@check("aws ec2 describe-subnets --query 'Subnets[].[VpcId,SubnetId,AvailabilityZone,MapPublicIpOnLaunch]' --output table")
def _(fixture, command):
    assert re.search(r"vpc-\w+ *\| *subnet-\w+ *\| *us-east-1a *\| *True", shell(command, fixture("moto").environment(), VENV_BIN))


@check("aws ec2 describe-security-groups --query 'SecurityGroups[].[VpcId,GroupId,GroupName]' --output table")
def _(fixture, command):
    assert re.search(r"vpc-\w+ *\| *sg-\w+ *\| *default", shell(command, fixture("moto").environment(), VENV_BIN))


@check("aws ec2 create-default-vpc")
def _(fixture, command):
    """In a region whose default VPC is gone."""
    region = "eu-west-3"
    ec2 = fixture("moto").client("ec2", region)
    [gone] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=gone["VpcId"])
    shell(command, fixture("moto").environment(AWS_DEFAULT_REGION=region, AWS_REGION=region), VENV_BIN)
    [made] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert made["VpcId"] != gone["VpcId"]
    assert all(subnet["MapPublicIpOnLaunch"] for subnet in ec2.describe_subnets()["Subnets"])


def stack_of(moto, name):
    [stack] = moto.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    return {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}


@pytest.fixture(scope="module")
def deployed(moto):
    """The stack without SAM; the ECR repository is a part of it."""
    shell(PLAIN_DEPLOY, moto.environment(), VENV_BIN)
    return stack_of(moto, "snow-white")


PLAIN_DEPLOY = ("aws cloudformation deploy --template-file cfn/snow-white-cfn.yml --stack-name snow-white "
                "--capabilities CAPABILITY_NAMED_IAM")


@check(PLAIN_DEPLOY)
def _(fixture, _command):
    assert fixture("deployed")["SlackChannel"] == "#snow-white"


@check("aws cloudformation describe-stacks --stack-name snow-white --query 'Stacks[0].Outputs' --output table")
def _(fixture, command):
    said = shell(command, fixture("account").environment(), VENV_BIN)
    for output in ("OperatorPolicyArn", "PreflightPolicyArn", "MonitorPolicyArn", "CancelPolicyArn"):
        assert output in said


@check("policy=$(aws cloudformation describe-stacks --stack-name snow-white "
       "--query \"Stacks[0].Outputs[?OutputKey=='OperatorPolicyArn'].OutputValue\" --output text) &&\n"
       "aws iam attach-group-policy --group-name operators --policy-arn \"$policy\"")
def _(fixture, command):
    """The other ones that README names."""
    iam = fixture("account").client("iam")
    iam.create_group(GroupName="operators")
    policies = ["OperatorPolicy", "PreflightPolicy", "CancelPolicy", "MonitorPolicy"]
    for policy in policies:
        shell(command.replace("OperatorPolicy", policy), fixture("account").environment(), VENV_BIN)
    attached = iam.list_attached_group_policies(GroupName="operators")["AttachedPolicies"]
    assert len(attached) == len(policies)


SAM_BUILD = "sam build --template cfn/snow-white-cfn.yml"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder in which `sam build` has run: it leaves .aws-sam there."""
    if not (TEMPLATE_BIN / "sam").exists():
        pytest.skip("SAM is not here: scripts/python-env template")
    folder = tmp_path_factory.mktemp("sam")
    shutil.copytree(ROOT / "cfn", folder / "cfn")
    shell(SAM_BUILD, clean_environment(**of_sam(folder), AWS_DEFAULT_REGION="us-east-1"), TEMPLATE_BIN, cwd=folder)
    return folder


def of_sam(folder):
    return {"HOME": str(folder), "SAM_CLI_TELEMETRY": "0"}


@check(SAM_BUILD)
def _(fixture, _command):
    assert (fixture("built") / ".aws-sam/build/template.yaml").exists()


SAM_DEPLOY = "sam deploy --stack-name snow-white --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset"


def deployed_by_sam(fixture, command, name):
    """-> the stack's parameters."""
    folder, moto = fixture("built"), fixture("moto")
    shell(command.replace("--stack-name snow-white", f"--stack-name {name}"), moto.environment(**of_sam(folder)), TEMPLATE_BIN,
          cwd=folder)
    return stack_of(moto, name)


@check(SAM_DEPLOY)
def _(fixture, command):
    assert deployed_by_sam(fixture, command, "by-sam")["SlackChannel"] == "#snow-white"


@check(SAM_DEPLOY + " \\\n    --parameter-overrides SlackBotToken=xoxb-… SlackChannel='#deploys'")
def _(fixture, command):
    assert deployed_by_sam(fixture, command, "by-sam-with-slack")["SlackChannel"] == "#deploys"


@check("repository=$(aws ecr describe-repositories --repository-names snow-white --query 'repositories[0].repositoryUri' "
       "--output text) &&\n"
       "aws ecr get-login-password | skopeo login --username AWS --password-stdin \"${repository%%/*}\" &&\n"
       "skopeo copy docker-archive:build/container/snow-white.tar \"docker://$repository:latest\"")
def _(fixture, command):
    """ECR has no images on moto: skopeo is a stand-in that prints its arguments."""
    assert fixture("deployed")
    folder = stand_in(fixture, "skopeo", '[ "$1" = login ] && [ -z "$(cat)" ] && exit 1; echo "$*"')
    registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert shell(command, fixture("moto").environment(), folder, VENV_BIN).splitlines() == [
        f"login --username AWS --password-stdin {registry}",
        f"copy docker-archive:build/container/snow-white.tar docker://{registry}/snow-white:latest"]


@check('skopeo copy --all oci-archive:snow-white-VERSION.oci.tar "docker://$repository:latest"')
def _(fixture, command):
    """Another test checks that skopeo reads a release's index."""
    folder = stand_in(fixture, "skopeo", 'echo "$*"')
    said = shell(command, clean_environment(repository="registry/snow-white"), folder)
    assert said == "copy --all oci-archive:snow-white-VERSION.oci.tar docker://registry/snow-white:latest\n"


# --- what would take too long, or undo what others need: the targets exist, and make can resolve
# them

for target in ("demo", "pictures", "test", "test-long", "bench", "image", "program", "release", "simulate SEEDS=100000", "fuzz", "ledger", "ledger LEDGER_CYCLES=50 LEDGER_JOBS=205",
               "waiting", "install", "packages",
               *(f"contract-aws PROFILE=staging REGION=us-east-1{more}" for more in ("", " CONFIRM=yes", " CLEANUP=yes"))):
    @check(f"make {target}")
    def _(_, command):
        assert shell(command.replace("make", "make --dry-run"), dict(os.environ))

CANNOT["rm -rf build/container && make image"] = "takes away what tests/e2e/image needs; that test runs make image"
for base in ("", "--build-arg BASE=debian@sha256:DIGEST "):
    CANNOT[f'docker build {base}--build-arg VERSION="$(cat VERSION)" --build-arg REVISION="$(git rev-parse HEAD)" -t snow-white .'] = (
        "needs Docker and a registry; tests/e2e/image has buildah build the same Dockerfile")
for words in ("buildx imagetools inspect debian:12", "load -i build/container/snow-white.tar", "tag", "push", "buildx build --platform linux/arm64"):
    CANNOT[f"docker {words}"] = "needs Docker"
for words in ("logs tail", "logs tail …"):
    CANNOT[f"aws {words}"] = "needs version 2 of the AWS CLI; test_policies.py makes the call that it makes"
for words in ("tail GROUP --log-stream-names STREAM --since 48h",
              "get-log-events --log-group-name GROUP --log-stream-name STREAM --start-from-head"):
    CANNOT[f"aws logs {words} | snow-white-check -"] = "needs the AWS CLI and a log; read_log_test.cpp reads what they print"
CANNOT["bench/sidekiq_redis"] = "measures; make bench runs it"
CANNOT["ssh -N -L 6379:cache.example:6379 bastion.example"] = "needs a bastion"
for words in ("login", "sso login --profile NAME", "configure export-credentials"):
    CANNOT[f"aws {words}"] = "needs version 2 of the AWS CLI and somebody to log in; test_credentials.py has a stand-in"


# --- the tests, last: by now every command has been listed

def test_every_command_is_run_here_or_said_to_be_out_of_reach():
    assert CHECKS.keys() | CANNOT.keys() == set(WRITTEN), "a new command: have it run here, or say why it cannot be"
    assert not CHECKS.keys() & CANNOT.keys()


@pytest.mark.parametrize("command", CHECKS)
def test_it_does_what_is_written(request, command):
    CHECKS[command](request.getfixturevalue, command)


# --- docs/setup.md: what its commands need, and what that costs

SETUP = (ROOT / "docs/setup.md").read_text()
NO_OPERATION = {"iam:PassRole"}  # a right that has no call of its name


def section(title):
    return SETUP.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_rights_to_deploy_are_actions_that_exist():
    models = botocore.session.get_session()
    named = set(re.findall(r"`([a-z]+:[A-Z]\w+)`", section("Who deploys needs these rights")))
    assert len(named) > 50
    services = {service: set(models.get_service_model(service).operation_names) for service, _ in map(split, named)}
    assert {action for action in named if split(action)[1] not in services[split(action)[0]]} == NO_OPERATION


def split(action):
    return action.split(":")


def test_the_rights_to_deploy_name_each_type_of_the_template():
    rows = set(re.findall(r"^\| `(AWS::\w+::\w+)`", section("Who deploys needs these rights"), re.MULTILINE))
    assert rows == {resource["Type"] for resource in template()["Resources"].values()}


def test_the_table_of_parameters_is_the_template_s():
    named = re.findall(r"`((?:[A-Z][a-z0-9]+)+)`", "".join(
        line.split(" | ")[1] for line in section("The stack's parameters").splitlines() if line.startswith("| ")))
    assert sorted(named) == sorted(template()["Parameters"])


def test_the_cost_is_what_the_prices_make():
    text = section("What it costs")
    cpu, memory = map(float, re.search(r"x86 \| \$([\d.]+) a vCPU-hour, \$([\d.]+) a GB-hour", text).groups())
    address, = map(float, re.search(r"address \| \$([\d.]+) an hour", text).groups())
    hour = 0.25 * cpu + 0.5 * memory + address
    secret, image = map(float, re.search(r"\| \$([\d.]+) for Slack's secret, and \$([\d.]+) for an image", text).groups())
    said = dict(re.findall(r"^\| ([^|]+?) \| \$([\d.]+) \|$", text, re.MULTILINE))
    made = {"5 minutes (a wake)": hour / 12, "1 hour": hour, "6 hours": 6 * hour,
            "48 hours, the longest that a document allows": 48 * hour,
            "the same with an hour's quiet each night and a wake of 5 minutes after it": secret + image + 30 * (hour + hour / 12)}
    assert said.keys() == made.keys()
    for run, cost in made.items():
        assert float(said[run]) == pytest.approx(cost, rel=0.05), run
    assert f"= ${hour:.4f}:" in text
