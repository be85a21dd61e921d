"""cfn/snow-white-cfn.yml as a person in the console and an auditor read it, and as moto's
CloudFormation creates it.

`make lint` includes SAM's own checks (sam validate --lint, sam build) and cfn-lint."""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from clients import VENV_BIN
from moto_server import MotoServer
from sandbox_process import ROOT
from stack_template import PATH, Loader, actions_of, one_or_more, statements_of, template

GRANTED = ("MonitorPolicy", "TaskRole", "OperatorPolicy", "PreflightPolicy", "CancelPolicy", "ExecutionRole")
# According to the Service Authorization Reference these have no resource type, or are refused with
# a narrower one when called for all.
ONLY_ON_EVERYTHING = {"ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
                      "ecs:DescribeTaskDefinition", "ecs:ListTasks", "ecr:GetAuthorizationToken", "elasticbeanstalk:DescribeEnvironments",
                      "ec2:DescribeRouteTables", "ec2:DescribeVpcEndpoints", "ecr:DescribeImages", "iam:GetInstanceProfile",
                      "iam:SimulatePrincipalPolicy", "ssm:CancelCommand", "ssm:DescribeInstanceInformation", "ssm:ListCommandInvocations",
                      "ssm:ListCommands"}
VENV = ROOT / "build/venv-template/bin"


@pytest.fixture(scope="module")
def built_by_sam(tmp_path_factory):
    if not (VENV / "sam").exists():
        pytest.skip("SAM is not here: scripts/python-env template")
    folder = tmp_path_factory.mktemp("sam")
    subprocess.run([VENV / "sam", "build", "--template", PATH, "--build-dir", folder / "built"], check=True, capture_output=True,
                   cwd=folder, env={"PATH": os.environ["PATH"], "HOME": str(folder), "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1"})
    return (folder / "built/template.yaml").read_bytes()


def test_every_parameter_has_a_default_that_its_own_rules_take():
    for name, parameter in template()["Parameters"].items():
        assert "Default" in parameter and parameter["Description"], name
        default = str(parameter["Default"])
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), default), name
        assert default in map(str, parameter.get("AllowedValues", [default])), name


def test_the_template_leaves_room_below_cloudformations_limit(built_by_sam):
    """51,200 bytes is the most that CreateStack takes without a bucket (CloudFormation quotas).
    What SAM builds has no comments, and each value on lines of its own."""
    for text in (PATH.read_bytes(), built_by_sam):
        assert len(text) <= 49_000, len(text)


def test_the_documents_leave_room_below_ssms_limit(moto, made):
    """64 KB is the most that CreateDocument takes (SSM quotas)."""
    for name in ("QuietSideKiqDocument", "StatusSideKiqDocument"):
        content = ast.literal_eval(moto.client("ssm").get_document(Name=made[name])["Content"])
        assert len(json.dumps(content)) < 48_000


def test_the_parameters_of_the_older_template_are_there():
    wanted = {"CfnStackName": "snow-white", "CfnQuietDocName": "QuietSideKiqDocument", "CfnWakeDocName": "WakeSideKiqDocument",
              "CfnStopDocName": "StopSideKiqDocument", "SlackWebhook": "", "SlackChannel": "#snow-white"}
    parameters = template()["Parameters"]
    assert {name: parameters[name]["Default"] for name in wanted} == wanted


SECRETS = {"SlackBotToken": ("BotTokenSecret", "SLACK_BOT_TOKEN"), "SlackWebhook": ("WebhookSecret", "SLACK_WEBHOOK"),
           "SidekiqRedisUrl": ("RedisSecret", "SIDEKIQ_REDIS_URL")}


@pytest.mark.parametrize("parameter, secret", [(parameter, secret) for parameter, (secret, _) in SECRETS.items()])
def test_secrets_are_secret_everywhere(parameter, secret):
    whole = template()
    assert whole["Parameters"][parameter]["NoEcho"] is True
    used = [path for path, value in leaves(whole["Resources"]) if value == parameter or f"${{{parameter}}}" in str(value)]
    assert used and all(path[:3] == (secret, "Properties", "SecretString") for path in used), used
    assert not [v for _, v in leaves(whole["Outputs"]) if parameter in str(v) or secret in str(v)]


def test_a_stack_without_a_secrets_parameter_has_nothing_of_that_secret():
    """A stack from before the parameter stays as it is: everything about the secret stands under
    one condition, which an empty parameter (the default) makes false."""
    whole, found = template(), {}
    assert {n for n, r in whole["Resources"].items() if r["Type"] == "AWS::SecretsManager::Secret"} == {s for s, _ in SECRETS.values()}
    for parameter, (secret, variable) in SECRETS.items():
        [condition] = [n for n, c in whole["Conditions"].items() if c == {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}]
        assert whole["Parameters"][parameter]["Default"] == "" and whole["Resources"][secret]["Condition"] == condition
        found[variable] = {"Fn::If": [condition, {"Name": variable, "ValueFrom": {"Ref": secret}}, {"Ref": "AWS::NoValue"}]}
        right = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": {"Ref": secret}}
        [policy] = whole["Resources"]["ExecutionRole"]["Properties"]["Policies"]
        assert {"Fn::If": [condition, right, {"Ref": "AWS::NoValue"}]} in policy["PolicyDocument"]["Statement"]
        used = [path[0] for path, value in leaves(whole["Resources"]) if value == secret]
        assert sorted(used) == ["ExecutionRole", "TaskDefinition"], "and nobody else reads it"
    [container] = whole["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"]
    assert container["Secrets"] == list(found.values())


@pytest.mark.parametrize("value, fits", [
    ("", True), ("redis://10.0.0.7", True), ("rediss://user:p%40ss@master.shop.abc123.euw1.cache.amazonaws.com:6379/1", True),
    ("redis://a.test,redis://b.test?namespace=shop", True), ('{"shop":"redis://a.test","*":"redis://b.test"}', True),
    ('{\n  "shop": "redis://a.test"\n}\n', True), ("http://a.test", False), ("redis:/a.test", False),
    ("redis://a.test redis://b.test", False), ("a.test:6379", False)])
def test_what_the_url_of_redis_may_look_like(value, fits):
    """CloudFormation refuses what does not fit before anything is deployed. It does not show the
    value, since the parameter is NoEcho; the program refuses the rest."""
    assert bool(re.fullmatch(template()["Parameters"]["SidekiqRedisUrl"]["AllowedPattern"], value)) == fits


def test_a_description_is_whole():
    """A # after a blank begins a comment in YAML: the rest would be missing in the console."""
    for name, parameter in template()["Parameters"].items():
        assert parameter["Description"].endswith("."), (name, parameter["Description"])


def leaves(value, path=()):
    if isinstance(value, dict):
        return [leaf for k, v in value.items() for leaf in leaves(v, path + (k,))]
    if isinstance(value, list):
        return [leaf for v in value for leaf in leaves(v, path)]
    return [(path, value)]


@pytest.mark.parametrize("logical_id", GRANTED)
def test_only_necessary_actions_are_granted_on_everything(logical_id):
    for statement in statements_of(logical_id):
        actions = set(one_or_more(statement["Action"]))
        assert statement["Effect"] == "Allow" and not any("*" in action for action in actions)
        assert ("*" in one_or_more(statement["Resource"])) == bool(actions & ONLY_ON_EVERYTHING), statement


def test_the_table_of_operations_is_what_is_granted():
    """src/aws/config/operations.hpp on one side, everything that the task and people are granted on
    the other."""
    text = (ROOT / "src/aws/config/operations.hpp").read_text()
    table = {f"{service}:{name}" for service, name in re.findall(r"\w+\{\s*services::(\w+),\s*\"(\w+)\"", text)}
    granted = set.union(*(actions_of(name) for name in GRANTED if name != "ExecutionRole"))
    assert "ssm:SendCommand" in table and table - granted == {"sts:GetCallerIdentity"}, "everybody may ask who they are"
    # RunTask passes the roles and tags the task; a launch tells a person to type `aws logs tail`.
    assert granted - table == {"iam:PassRole", "ecs:TagResource", "logs:FilterLogEvents"}


def test_commands_reach_instances_of_elastic_beanstalk_only():
    to_instances = [s for s in statements_of("TaskRole") if "instance/" in json.dumps(s["Resource"])]
    assert [s["Condition"] for s in to_instances] == [
        {"StringLike": {"ssm:resourceTag/elasticbeanstalk:environment-name": {"Ref": "WorkerEnvironments"},
                        "aws:RequestedRegion": {"Ref": "WorkerRegions"}}}]


def test_tasks_are_stopped_by_the_stacks_tag_only():
    [stop] = [s for s in statements_of("CancelPolicy") if "ecs:StopTask" in one_or_more(s["Action"])]
    [key] = re.findall(r'stack_tag = "([^"]+)"', (ROOT / "src/aws/services/ecs.hpp").read_text())
    assert stop["Condition"] == {"StringEquals": {f"aws:ResourceTag/{key}": {"Ref": "AWS::StackName"}}}
    assert stop["Resource"] != "*"


def test_the_documents_differ_in_their_action_and_time_only():
    documents = [r["Properties"]["Content"] for r in template()["Resources"].values() if r["Type"] == "AWS::SSM::Document"]
    steps = [json.dumps(d["mainSteps"]) for d in documents]
    differs = r"instance\.sh (status|(quiet|wake|stop) {{ ExpiresAt }})\"|\"timeoutSeconds\": \"\d+\""
    same = {re.sub(differs, "", s) for s in steps}
    assert len(steps) == 4 and len(same) == 1 and all(d["schemaVersion"] == "2.2" for d in documents)


def test_the_documents_take_one_parameter_of_ten_digits_and_no_other():
    documents = {n: r["Properties"]["Content"] for n, r in template()["Resources"].items() if r["Type"] == "AWS::SSM::Document"}
    assert "parameters" not in documents.pop("StatusSideKiqDocument")
    for document in documents.values():
        (name, parameter), = document["parameters"].items()
        assert (name, parameter["type"], parameter["default"]) == ("ExpiresAt", "String", "0" * 10)
        assert parameter["allowedPattern"] == "^[0-9]{10}$", "nothing to inject into"


@pytest.fixture
def checkout(tmp_path):
    """A clone, with the stamp and the template as they are here, committed or not."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), "."], check=True, cwd=tmp_path)
    for name in ("scripts/stamp-template", "cfn/snow-white-cfn.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("origin, owner, repository", [
    ("git@github.com:our-team/snow.white.git", "our-team", "snow.white"), ("https://github.com/x-y/z", "x-y", "z"),
    ("https://git.test/elsewhere/z.git", "snow-white-sidekiq", "snow-white")])
def test_the_stamp_names_the_checkouts_own_place_and_commit(checkout, origin, owner, repository):
    def git(*words):
        return subprocess.run(["git", *words], check=True, capture_output=True, text=True, cwd=checkout).stdout.strip()
    git("remote", "set-url", "origin", origin)
    subprocess.run(["scripts/stamp-template"], check=True, cwd=checkout)
    now = fallbacks((checkout / "cfn/snow-white-cfn.yml").read_text())
    script = (checkout / "ssm/snow-white-instance.sh").read_bytes()
    assert now == {"ScriptsOwner": owner, "ScriptsRepository": repository, "ScriptsSha256": hashlib.sha256(script).hexdigest(),
                   "ScriptsRevision": git("log", "-1", "--format=%H", "--", "ssm/snow-white-instance.sh")}


def fallbacks(text):
    """The documents' values when these parameters are not given."""
    found = set(re.findall(r"!Ref (Scripts\w+), '([^']+)'\]$", text, re.MULTILINE))
    found |= set(re.findall(r"sha256=\$\{(ScriptsSha256)\}', sha256=([0-9a-f]{64})\]", text))
    assert len(found) == 4, found
    return dict(found)


def test_the_script_is_joined_from_its_parts_before_it_is_stamped(tmp_path):
    def git(*words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.test", *words], check=True, cwd=tmp_path)

    def stamp(*words):
        return subprocess.run(["scripts/stamp-template", *words], capture_output=True, text=True, cwd=tmp_path)
    git("clone", "--quiet", str(ROOT), ".")
    with (tmp_path / "ssm/instance/line.sh").open("a") as part:
        part.write("# another word\n")
    assert "is not what ssm/instance/ makes" in stamp("--check").stderr
    joined = stamp()
    assert joined.returncode == 1 and "joined anew from ssm/instance/: commit both" in joined.stderr
    assert "# another word\n" in (tmp_path / "ssm/snow-white-instance.sh").read_text()
    git("commit", "--quiet", "--all", "--message", "another word")
    assert stamp().returncode == 0 and stamp("--check").returncode == 0
    (tmp_path / "ssm/instance/stray.sh").write_text("# nobody joins it\n")
    assert "ssm/instance/stray.sh is not in this script's list of parts" in stamp("--check").stderr


# What a reader of the template cannot see in a line of 18 KB, or would overlook.
@pytest.mark.parametrize("old, new, said", [
    ("Unpack: 'sha256=", "Unpack: 'id >/tmp/x; sha256=", "another Unpack or Check"),
    ("exit 1; }'", "true; }'", "another Unpack or Check"),
    ("              - !FindInMap [Scripts, Stamped, Check]", "              - 'true'", "runs more or other lines"),
    ("- exec sh ./snow-white-instance.sh status", "- id\n                - exec sh ./snow-white-instance.sh status", "runs more"),
    ("!If [OwnerGiven, !Ref ScriptsOwner, '", "!If [OwnerGiven, !Ref ScriptsOwner, 'x-", "differ in ScriptsOwner"),
    ("echo H4sI", "echo H4sJ", "does not unpack")])
def test_lint_finds_other_commands_in_a_document(checkout, old, new, said):
    copy = checkout / "cfn/snow-white-cfn.yml"
    assert old in copy.read_text()
    copy.write_text(copy.read_text().replace(old, new, 1))
    checked = subprocess.run(["scripts/stamp-template", "--check"], capture_output=True, text=True, cwd=checkout)
    assert checked.returncode == 1 and said in checked.stderr, checked


def test_without_the_tools_nothing_is_stamped_and_nothing_passes(checkout):
    before = (checkout / "cfn/snow-white-cfn.yml").read_bytes()
    (checkout / "bin").mkdir()
    for program in ("shfmt", "zopfli"):
        lacking = checkout / "bin" / program
        lacking.write_text("#!/bin/sh\nexit 127\n")
        lacking.chmod(0o755)
        for words in ([], ["--check"])[:2 if program == "shfmt" else 1]:
            done = subprocess.run(["scripts/stamp-template", *words], capture_output=True, text=True, cwd=checkout,
                                  env=os.environ | {"PATH": f"{checkout}/bin:{os.environ['PATH']}"})
            assert done.returncode == 1 and program in done.stderr, done
        lacking.unlink()
    assert (checkout / "cfn/snow-white-cfn.yml").read_bytes() == before


# --- on moto

# What moto 5.2.5 cannot do of this template: Secrets Manager is not in its CloudFormation (so
# Slack's secrets are not created), documents get a UUID for a name instead of
# STACK-LOGICALID-SUFFIX and Python's spelling of their content instead of JSON, roles do not get
# their managed policies, the task definition loses its CPU, network mode, roles and platform, a
# NoEcho parameter is shown.
NOT_ON_MOTO = {"WebhookSecret", "BotTokenSecret", "RedisSecret"}


@pytest.fixture(scope="module")
def moto():
    if not (VENV / "moto_server").exists():
        pytest.skip("moto's CloudFormation is not here: scripts/python-env template")
    with MotoServer("moto-template", VENV) as server:
        yield server


@pytest.fixture(scope="module")
def made(moto):
    cloudformation = moto.client("cloudformation")
    cloudformation.create_stack(StackName="snow-white", TemplateBody=PATH.read_text(), Capabilities=["CAPABILITY_NAMED_IAM"],
                                Parameters=[{"ParameterKey": "SlackWebhook", "ParameterValue": "https://slack.test/T0/B0/s"}])
    [stack] = cloudformation.describe_stacks(StackName="snow-white")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    found = cloudformation.describe_stack_resources(StackName="snow-white")["StackResources"]
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found if "LogicalResourceId" in r}


def test_moto_makes_every_resource_that_it_knows(made):
    assert set(made) == set(template()["Resources"]) - NOT_ON_MOTO


def test_the_policies_are_ones_that_motos_iam_takes(moto, made):
    iam = moto.client("iam")
    for logical_id in ("MonitorPolicy", "OperatorPolicy", "PreflightPolicy", "CancelPolicy"):
        document = iam.get_policy_version(PolicyArn=made[logical_id], VersionId="v1")["PolicyVersion"]["Document"]
        assert "Fn::" not in json.dumps(document) and "Ref" not in document["Statement"][0]
        # moto's own validator checks a policy when it is created by itself.
        iam.create_policy(PolicyName="again-" + logical_id, PolicyDocument=json.dumps(document))
    assert "${aws:username}" in json.dumps(iam.get_policy_version(PolicyArn=made["MonitorPolicy"], VersionId="v1")
                                           ["PolicyVersion"]["Document"])


def test_the_task_definition_is_as_the_template_says(moto, made):
    definition = moto.client("ecs").describe_task_definition(taskDefinition="snow-white")["taskDefinition"]
    [container] = definition["containerDefinitions"]
    assert container["user"] == "65532:65532" and container["readonlyRootFilesystem"] is True
    assert "slack.test" not in json.dumps(definition, default=str), "the webhook is not in it"
    assert made["LogGroup"] == "/ecs/snow-white" == container["logConfiguration"]["options"]["awslogs-group"]


def steps(moto, document):
    found = ast.literal_eval(moto.client("ssm").get_document(Name=document)["Content"])["mainSteps"]
    return [step for step in found if step]  # moto leaves nothing where AWS::NoValue stands in a list


def test_the_documents_carry_what_instances_run(moto, made):
    [workers] = steps(moto, made["QuietSideKiqDocument"])
    unpack, check, script = workers["inputs"]["runCommand"]
    assert unpack == template()["Mappings"]["Scripts"]["Stamped"]["Unpack"] and "sha256sum -c" in check
    assert script == "exec sh ./snow-white-instance.sh quiet {{ ExpiresAt }}"


GIVEN = {"ScriptsOwner": "acme", "ScriptsRepository": "sleep", "ScriptsRevision": "c" * 40, "ScriptsSha256": "d" * 64,
         "ScriptsS3Path": "https://s3.test/b/x.sh"}


def source_of(moto, stack, **parameters):
    """(type, sourceInfo, the line with the hash) of a stack's documents; type None: they carry the
    script."""
    cloudformation = moto.client("cloudformation")
    cloudformation.create_stack(StackName=stack, TemplateBody=PATH.read_text(), Capabilities=["CAPABILITY_NAMED_IAM"],
                                Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()])
    documents = [steps(moto, r["PhysicalResourceId"])
                 for r in cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
                 if r.get("ResourceType") == "AWS::SSM::Document"]
    sources = set()
    for document in documents:
        inputs = document[0]["inputs"] if len(document) == 2 else {}
        sources.add((inputs.get("sourceType"), inputs.get("sourceInfo"), document[-1]["inputs"]["runCommand"][0]))
    assert len(documents) == 4 and len(sources) == 1
    return sources.pop()


# Existing stacks have no ScriptsSource: the values that they were given keep their meaning.
@pytest.mark.parametrize("number, given, kind", [
    (1, {}, None), (2, {"ScriptsOwner"}, "GitHub"), (3, {"ScriptsRepository"}, "GitHub"), (4, {"ScriptsRevision"}, "GitHub"),
    (5, {"ScriptsSha256"}, "GitHub"), (6, {"ScriptsS3Path"}, "S3"), (7, {"ScriptsS3Path", "ScriptsOwner"}, "S3"),
    (8, set(GIVEN) - {"ScriptsS3Path"}, "GitHub")])
def test_an_existing_stack_keeps_its_source(moto, number, given, kind):
    stamped = fallbacks(PATH.read_text())
    found, info, first = source_of(moto, f"before-{number}", **{name: GIVEN[name] for name in given})
    assert found == kind
    of = {name: GIVEN[name] if name in given else stamped[name] for name in stamped}
    if kind:
        assert first == "sha256=" + of["ScriptsSha256"]
    if kind == "S3":
        assert json.loads(info) == {"path": GIVEN["ScriptsS3Path"]}
    if kind == "GitHub":
        assert json.loads(info) == {"owner": of["ScriptsOwner"], "repository": of["ScriptsRepository"],
                                    "path": "ssm/snow-white-instance.sh", "getOptions": "commitID:" + of["ScriptsRevision"]}


@pytest.mark.parametrize("source, kind", [("embedded", None), ("github", "GitHub"), ("s3", "S3")])
def test_the_source_that_is_chosen_is_taken(moto, source, kind):
    assert source_of(moto, "chosen-" + source, ScriptsSource=source, **GIVEN)[0] == kind
    if source != "s3":
        assert source_of(moto, "only-" + source, ScriptsSource=source)[0] == kind


def test_an_upgrade_brings_the_new_script(moto, tmp_path):
    """`aws cloudformation deploy` and `sam deploy` keep the value of every parameter that they are
    not given: the stamp must not be one of those values."""
    now = PATH.read_text()
    [sha256] = re.findall("sha256=([0-9a-f]{64});", template()["Mappings"]["Scripts"]["Stamped"]["Unpack"])
    older = tmp_path / "older.yml"
    older.write_text(now.replace(sha256, "a" * 64))
    for path, wanted in ((older, "a" * 64), (PATH, sha256)):
        deployed = subprocess.run([VENV_BIN / "aws", "cloudformation", "deploy", "--template-file", path, "--stack-name", "upgraded",
                                   "--capabilities", "CAPABILITY_NAMED_IAM"],
                                  capture_output=True, text=True, timeout=60, env=moto.environment())
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        resources = moto.client("cloudformation").describe_stack_resources(StackName="upgraded")["StackResources"]
        for name in ("QuietSideKiqDocument", "StatusSideKiqDocument"):
            [document] = [r["PhysicalResourceId"] for r in resources if r.get("LogicalResourceId") == name]
            assert wanted in moto.client("ssm").get_document(Name=document)["Content"]
