"""`make contract-aws`: the contract tests on an account. We have never run it on AWS. Here it runs
as a person runs it, on the sandbox, which passes all of it, and on moto, as far as moto implements
it."""

import datetime
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import types

import boto3
import pytest
from botocore.exceptions import ClientError

import contract_aws
import own_stack
import test_four_questions as questions
import test_our_documents as documents
from account import Account
from clients import make_client
from moto_server import MotoServer
from own_stack import CannotGoOn, OwnStack
from fake_account import FakeAccount
from recorder import Mask
from sandbox_process import ROOT, clean_environment

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=2", "--environment", "acme-mailers=6",
                     "--simulated", "--drain", "1s"]
# a run takes some ten seconds on a machine that does nothing else
pytestmark = pytest.mark.timeout(300)
SCRIPT = ROOT / "scripts/contract-aws"
TEMPLATE_BIN = ROOT / "build/venv-template/bin"
GUIDE = ROOT / "docs/contract-aws.md"
NOBODY = "snow-white-contract-nobody"
READING = re.compile(r"(Describe|Get|List)[A-Z]")


def run(environment, output=None, seconds=250, **more):
    told = environment | {"PROFILE": "default", "REGION": "us-east-1"} | ({"OUTPUT": str(output)} if output else {}) | more
    return subprocess.run([str(SCRIPT)], env=told, capture_output=True, text=True, timeout=seconds)


def of_sandbox(sandbox):
    """Only its files, so that the profile decides."""
    return sandbox.environment(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")


def calls_of(sandbox):
    return [f"{service}:{action}" for service, actions in sandbox.look("stats")["calls"].items() for action in actions]


def lines(done, word):
    return [line.partition(word)[2].strip() for line in done.stdout.splitlines() if line.startswith(f"  {word} ")]


# --- wrong input

@pytest.mark.parametrize("told, said", [
    ({"PROFILE": ""}, "PROFILE is missing: make contract-aws PROFILE=NAME REGION=us-east-1; the profiles here are default, "),
    ({"PROFILE": "acme-prod"}, "PROFILE='acme-prod': no AWS profile has that name; the profiles here are default, "),
    ({"REGION": ""}, "REGION is missing: make contract-aws PROFILE=NAME REGION=us-east-1"),
    ({"REGION": "mars-1"}, "REGION='mars-1': boto3 "), ({"CONFIRM": "y"}, "CONFIRM='y' is not understood; write CONFIRM=yes"),
    ({"CLEANUP": "true"}, "CLEANUP='true' is not understood; write CLEANUP=yes"),
    ({"CONFIRM": "yes", "CLEANUP": "yes"}, "CONFIRM=yes and CLEANUP=yes: choose one"),
    ({"OUTPUT": "{here}/file"}, "OUTPUT='{here}/file' is a file; name a folder"),
    ({"OUTPUT": "{here}/file/below"}, "OUTPUT='{here}/file/below': nothing can be written there: Not a directory"),
    ({"OUTPUT": "/proc/out"}, "OUTPUT='/proc/out': nothing can be written there: "),
    ({"OUTPUT": "/dev/full"}, "OUTPUT='/dev/full' is a file; name a folder"),
    ({"OUTPUT": "{here}"}, "OUTPUT='{here}' is not empty; name a folder that is new or empty"),
    ({"OUTPUT": "~/file", "HOME": "{here}"}, "OUTPUT='~/file' is a file; name a folder"),
    ({"AWS_PROFILE": "nope"}, "AWS_PROFILE='nope' in the environment: no AWS profile has that name; unset it, PROFILE decides"),
    ({"AWS_ENDPOINT_URL": "notaurl"}, "Invalid endpoint: notaurl; it is AWS_ENDPOINT_URL in the environment, or endpoint_url of the profile"),
    ({"AWS_CONFIG_FILE": "{here}/file"}, "Unable to parse config file: {here}/file; it is AWS_CONFIG_FILE or "),
    ({"PYTEST_ADDOPTS": "-k nothing"}, "PYTEST_ADDOPTS='-k nothing' in the environment would change which tests are run; unset it")])
def test_wrong_input_is_one_line_and_nothing_is_sent(sandbox, tmp_path, told, said):
    (tmp_path / "file").write_text("no file of AWS\n")
    told, said = {k: v.format(here=tmp_path) for k, v in told.items()}, said.format(here=tmp_path)
    before = sandbox.look("stats")["total"]
    done = run(of_sandbox(sandbox), **told)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1, done
    assert done.stderr.startswith(f"contract-aws: {said}"), done.stderr
    assert sandbox.look("stats")["total"] == before


def test_make_passes_its_variables(sandbox):
    done = subprocess.run(["make", "-s", "contract-aws", "PROFILE=default", "REGION=mars-1"], cwd=ROOT, env=of_sandbox(sandbox),
                          capture_output=True, text=True, timeout=60)
    assert "REGION='mars-1': boto3" in done.stderr and done.returncode == 2, done


def test_a_profile_that_aws_does_not_know(sandbox, tmp_path):
    keys = tmp_path / "credentials"
    keys.write_text("[default]\naws_access_key_id = AKIAUNKNOWNUNKNOWNUN\naws_secret_access_key = nothing\n")
    before = sandbox.look("stats")["total"]
    done = run(of_sandbox(sandbox) | {"AWS_SHARED_CREDENTIALS_FILE": str(keys)}, tmp_path / "out")
    assert done.returncode == 2 and "PROFILE='default': AWS refused its credentials: InvalidClientTokenId: " in done.stderr, done
    assert sandbox.look("stats")["total"] == before + 1 and not (tmp_path / "out").exists()


def test_a_profile_without_keys(sandbox, tmp_path):
    config = tmp_path / "config"
    config.write_text("[profile empty]\nregion = us-east-1\n")
    done = run(of_sandbox(sandbox) | {"AWS_CONFIG_FILE": str(config)}, PROFILE="empty")
    assert (done.returncode, done.stderr) == (2, "contract-aws: PROFILE='empty': Unable to locate credentials\n"), done


@pytest.mark.parametrize("counts, said", [((1, 0, 9), True), ((0, 0, 3), True), ((3, 0, 7), False), ((0, 0, 0), False)])
def test_the_last_line_says_when_nearly_nothing_was_seen(counts, said):
    line = contract_aws.last_line(dict(zip(("passed", "failed", "skipped"), counts)), 0, "out")
    assert ("Nearly all is not seen" in line) is said


def test_a_full_disk_does_not_keep_it_from_calling(sandbox):
    account = Account.of_sandbox(sandbox)
    account.recorder.folder = pathlib.Path("/dev/full")
    assert account.call("sts", "GetCallerIdentity")["Account"] and "Not a directory" in account.recorder.unwritten


# --- which AWS it is

@pytest.mark.parametrize("region, endpoint, local", [
    *((region, "", False) for region in ("us-east-1", "eusc-de-east-1", "us-iso-east-1", "us-isob-east-1", "cn-north-1", "us-gov-west-1")),
    ("us-east-1", "http://127.0.0.1:4566", True), ("eusc-de-east-1", "http://localhost:4566", True),
    ("us-east-1", "http://10.1.2.3:4566", True), ("us-east-1", "https://localstack.example.com", True),
    ("us-east-1", "https://vpce-1.ssm.us-east-1.vpce.amazonaws.com", False),
    ("us-east-1", "https://amazonaws.com.example.org", True)])
def test_an_endpoint_that_is_not_awss_is_local(monkeypatch, region, endpoint, local):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    account = Account(boto3.Session(aws_access_key_id="x", aws_secret_access_key="x"), region)
    assert account.local == (endpoint if local else "")


def test_one_local_service_makes_no_local_aws(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:4566")
    assert Account(boto3.Session(aws_access_key_id="x", aws_secret_access_key="x"), "us-east-1").local == ""


# --- reading calls

@pytest.fixture(scope="module")
def reading(start_sandbox, tmp_path_factory):
    """A run without CONFIRM, on a sandbox with no other client."""
    sandbox = start_sandbox(*SANDBOX_ARGUMENTS)
    return sandbox, run(of_sandbox(sandbox), tmp_path_factory.mktemp("reading"))


def test_without_a_confirmation_it_only_reads(reading):
    sandbox, done = reading
    assert done.returncode == 0, done
    assert all(READING.match(call.partition(":")[2]) for call in calls_of(sandbox)), calls_of(sandbox)
    assert "reading calls only; nothing is made or changed:" in done.stdout
    assert "  not done: it needs CONFIRM=yes" in done.stdout and "$0.70 at most" in done.stdout
    assert f"contract-aws: this is {sandbox.url}, a local AWS, and not AWS" in done.stdout


def policies():
    """The policies of the guide, by their first Sid."""
    found = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", GUIDE.read_text(), re.S)]
    return {policy["Statement"][0]["Sid"]: policy for policy in found}


def test_the_policy_of_the_guide_allows_exactly_the_calls(reading):
    sandbox, _ = reading
    [statement] = policies()["ContractAwsReads"]["Statement"]
    assert sorted(statement["Action"]) == sorted(set(calls_of(sandbox)) - {"sts:GetCallerIdentity"}), "anybody may call the latter"


def test_a_missing_permission_is_reported_and_is_no_finding(sandbox, tmp_path):
    """bob has the operators' policies: without ssm:GetCommandInvocation, for example."""
    done = run(of_sandbox(sandbox), tmp_path / "out", PROFILE="bob")
    assert "these credentials may not call GetCommandInvocation; see docs/contract-aws.md" in done.stdout, done
    assert done.returncode == 0 and lines(done, "OTHERWISE") == [], done


# --- the whole of it, on the sandbox

@pytest.fixture(scope="module")
def whole(start_sandbox, tmp_path_factory):
    sandbox, folder = start_sandbox(*SANDBOX_ARGUMENTS), tmp_path_factory.mktemp("whole")
    ssm = make_client(sandbox, "ssm")
    document = make_client(sandbox, "cloudformation").describe_stack_resource(
        StackName="snow-white", LogicalResourceId="StatusSideKiqDocument")["StackResourceDetail"]["PhysicalResourceId"]
    ssm.send_command(DocumentName=document, Targets=[{"Key": "tag:elasticbeanstalk:environment-name", "Values": ["acme-workers"]}])
    return sandbox, run(of_sandbox(sandbox), folder, CONFIRM="yes"), folder


def test_the_sandbox_passes_all_of_it(whole):
    sandbox, done, folder = whole
    assert done.returncode == 0, done
    assert lines(done, "OTHERWISE") == []
    assert [line.partition(":")[0] for line in lines(done, "not seen")] == ["four questions"] * 2, \
        "UpdateStack is not there, and the product's document has one step, so no order of steps"
    assert f"not seen: the stack of its own. {sandbox.url} is the sandbox" in done.stdout
    answers = (folder / "answers.txt").read_text()
    for word in ("sent by tag while it is stopped", "after its agent came back", "after the termination"):
        assert word in answers, answers


def test_its_recordings_have_no_secret(whole):
    sandbox, done, folder = whole
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 50 and {path.stat().st_mode & 0o777 for path in files} == {0o600}
    text = "".join(path.read_text() for path in files)
    for secret in (sandbox.exports["AWS_ACCESS_KEY_ID"], sandbox.exports["AWS_SECRET_ACCESS_KEY"], "Authorization", "Signature=",
                   "user/administrator", "X-Amz-Security-Token"):
        assert secret not in text, secret
    assert not re.search(r"\b(AKIA|ASIA|AIDA|AROA)(?!EXAMPLE|UNKNOWN)[A-Z0-9]{12,}", text)
    assert text.count("user/caller") and f"recordings in {folder}" in done.stdout


def test_its_recordings_are_read_by_the_program(whole):
    """The same tests that read the recordings of AWS itself."""
    _, _, folder = whole
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "tests/contract/test_recordings.py"], cwd=ROOT, text=True,
                          capture_output=True, timeout=60, env=dict(os.environ) | {"AWS_RECORDINGS": str(folder / "recordings")})
    assert done.returncode == 0 and " skipped" not in done.stdout, done.stdout


def test_a_recording_has_the_form_of_the_others(whole):
    _, _, folder = whole
    [record] = [json.loads(path.read_text()) for path in (folder / "recordings/cloudformation/DescribeStackResource").iterdir()
                if "QuietSideKiqDocument" in path.read_text() and "nobody' does" in path.read_text()]
    assert {k: record[k] for k in ("service", "action", "protocol", "level", "status", "request", "evidence")} == {
        "service": "cloudformation", "action": "DescribeStackResource", "protocol": "query", "level": "wire", "status": 400,
        "request": {"StackName": "snow-white-contract-nobody", "LogicalResourceId": "QuietSideKiqDocument"},
        "evidence": "imitated"}
    assert record["body"].startswith("<ErrorResponse") or record["body"].startswith("<?xml")
    assert "a local AWS at http://127.0.0.1" in record["source"], "nobody may take it for AWS's"


def test_account_numbers_and_names_are_changed():
    arn = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/jane@example.com"
    mask = Mask("111122223333", arn, ["ASIAQWERTYUIOPASDFGH", "se/cret+", None])
    said = mask(f"{arn} AROAQWERTYUIOPASDFGH:jane@example.com ASIAQWERTYUIOPASDFGH se/cret+ 111122223333")
    assert said == ("arn:aws:sts::123456789012:assumed-role/role/caller AROAEXAMPLE:caller SECRET SECRET 123456789012")


def test_a_used_token_is_masked_after_a_refresh_too(sandbox):
    account = Account.of_sandbox(sandbox)
    recorder = account.recorder
    for token in ("token-of-the-first-hour", "token-of-the-second"):
        with pytest.raises(ClientError):
            account.call("sts", "GetCallerIdentity", aws_session_token=token, aws_access_key_id="ASIAUNKNOWNUNKNOWNUN",
                         aws_secret_access_key="x")
        recorder.mask = Mask()
    assert recorder.mask("a token-of-the-first-hour b token-of-the-second c") == "a SECRET b SECRET c"


FAILING = '''
import pytest
@pytest.fixture
def account(request):
    return request.config.contract_account
def deep(headers):
    raise ValueError("the words of it")
def test_deep(account):
    deep({"X-Amz-Security-Token": "a-token"})
def test_hidden(account):
    account.call("elasticbeanstalk", "DescribeEnvironments", kept=False)
    found = account.call("elasticbeanstalk", "DescribeApplications")["Applications"]
    assert not found, "there are some"
def test_shown(account):
    found = account.call("elasticbeanstalk", "DescribeApplications")["Applications"]
    assert not found, "there are some"
'''


def test_the_report_has_no_arguments_and_no_piece_of_an_answer_that_is_not_kept(sandbox, tmp_path):
    (tmp_path / "test_failing.py").write_text(FAILING)
    program = ("import os, pathlib, sys; os.umask(0o077); import contract_aws as c; from account import Account; import boto3;"
               "out = pathlib.Path(sys.argv[1]); suite = c.Suite(Account(boto3.Session(), 'us-east-1'), out);"
               "suite.run(out / 'test_failing.py')")
    folders = [str(ROOT / "tests/contract"), str(ROOT / "tests/contract/any_account")]
    done = subprocess.run([sys.executable, "-B", "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60,
                          env=sandbox.environment(PYTHONPATH=os.pathsep.join(folders)))
    report = (tmp_path / "report.txt").read_text()
    assert report.count("failed ") == 3, (report, done)
    deep, hidden, shown = report.split("failed ")[1:]
    assert "ValueError: the words of it\n" in deep and "test_failing.py:7" in deep and "a-token" not in report
    assert hidden.partition("\n")[2].strip() == "AssertionError: there are some"
    assert "acme" in shown, "of what is kept all is told"
    assert (tmp_path / "report.txt").stat().st_mode & 0o777 == 0o600


# --- moto

# Where moto differs, by the beginnings of the tests' names. None of it is a finding about AWS.
MOTO = {
    "it checks no access key": ["reading callers: an access key that nobody has"],
    "it holds no parameter against the model": [
        "reading callers: a wrong list user tags", "reading fleet: a wrong describe environments",
        "reading fleet: a wrong describe instances, MaxResults", "reading fleet: a wrong describe instances, NextToken",
        "reading fleet: a wrong describe instances, Filters", "reading ssm: a wrong list",
        "reading tasks: a task definition that is not there, nothing", f"reading tasks: a wrong get log events, logGroupName=/ecs/{NOBODY}-Invalid",
        f"reading tasks: a wrong get log events, logGroupName=/ecs/{NOBODY},logStreamName=x,limit="],
    "it has no DescribeEnvironmentResources": ["reading fleet: the resources of no environment"],
    "it calls a malformed id not found": ["reading fleet: instances by an id that nobody has, nonsense"],
    "it knows no limit of filter values": ["reading fleet: 200 values are the most"],
    "it has DescribeStacks' words for a missing stack": ["reading fleet: a resource of a stack that nobody has"],
    "it has no DescribeInstanceInformation": [
        "reading ssm: a wrong describe instance information", "reading ssm: the words about a tag beside another filter",
        "reading ssm: nobody is an empty list", "reading ssm: managed instances as they are written"],
    "it fails where a command is unknown to it": ["reading ssm: no command has that id, ListCommandInvocations"]}


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    if not (TEMPLATE_BIN / "moto_server").exists():
        pytest.skip("moto's CloudFormation is not here: scripts/python-env template")
    with MotoServer("moto-contract-aws", TEMPLATE_BIN) as server:
        server.keys = tmp_path_factory.mktemp("moto") / "credentials"
        server.keys.write_text("[default]\naws_access_key_id = root\naws_secret_access_key = rootsecret\n")
        yield server


def of_moto(moto):
    return clean_environment(AWS_ENDPOINT_URL=moto.url, AWS_SHARED_CREDENTIALS_FILE=str(moto.keys), AWS_CONFIG_FILE="/nowhere",
                             SNOW_WHITE_CONTRACT_PATIENCE="0.002")


def stacks_on(moto):
    found = moto.client("cloudformation").describe_stacks()["Stacks"]
    return sorted(s["StackName"] for s in found if s["StackStatus"] != "DELETE_COMPLETE")


def test_what_moto_does_otherwise(moto, tmp_path):
    """Also: a confirmed run that fails deletes what it created. moto has no instance for the
    environment."""
    done = run(of_moto(moto), tmp_path, CONFIRM="yes")
    otherwise, expected = lines(done, "OTHERWISE"), [name for names in MOTO.values() for name in names]
    assert done.returncode == 1 and otherwise, done
    assert [line for line in otherwise if not line.startswith(tuple(expected))] == [], "moto has changed: these pass no more"
    assert [name for name in expected if not any(line.startswith(name) for line in otherwise)] == [], "moto has changed: these pass"
    assert len(lines(done, "as expected")) == 28, done.stdout
    assert "making the stack snow-white-contract\n" in done.stdout and "making the stack snow-white-contract-product\n" in done.stdout
    assert "it could not go on: wanted an instance of snow-white-contract-workers online in SSM" in done.stdout
    assert "  nothing is left\n" in done.stdout and stacks_on(moto) == []
    allowed = {a for policy in policies().values() for a in policy["Statement"][0]["Action"]} | {"sts:GetCallerIdentity"}
    assert set(re.findall(r"\S+:\S+", (tmp_path / "calls.txt").read_text())) <= allowed, "docs/contract-aws.md names the calls"
    made = set((tmp_path / "calls.txt").read_text().split()) & {"cloudformation:CreateStack", "cloudformation:DeleteStack"}
    assert made == {"cloudformation:CreateStack", "cloudformation:DeleteStack"}


@pytest.fixture
def waiting(moto, tmp_path):
    """A confirmed run that has created its stacks, and waits for an instance that never comes."""
    log = tmp_path / "log"
    with open(log, "w") as out:
        process = subprocess.Popen([str(SCRIPT)], stdout=out, stderr=subprocess.STDOUT, env=of_moto(moto) | {
            "PROFILE": "default", "REGION": "us-east-1", "CONFIRM": "yes", "OUTPUT": str(tmp_path / "out"),
            "SNOW_WHITE_CONTRACT_PATIENCE": "0.2"})
    deadline = time.monotonic() + 60
    while len(stacks_on(moto)) < 2:
        assert time.monotonic() < deadline and process.poll() is None, log.read_text()
        time.sleep(0.1)
    process.log = log
    yield process
    process.kill()
    process.wait()


def test_an_interrupted_run_takes_down_what_it_made(moto, waiting):
    """SIGTERM has the same effect as Ctrl-C; a second signal has none until all is deleted."""
    waiting.send_signal(signal.SIGTERM)
    while "taking down" not in waiting.log.read_text():
        time.sleep(0.02)
    waiting.send_signal(signal.SIGINT)
    assert waiting.wait(60) == 130, waiting.log.read_text()
    out = waiting.log.parent / "out"
    assert f"recordings in {out}" in waiting.log.read_text() and "CreateStack" in (out / "calls.txt").read_text()
    assert waiting.log.read_text().index(f"what it sees is written to {out}") < waiting.log.read_text().index("reading calls")
    assert "nothing is left" in waiting.log.read_text() and stacks_on(moto) == []


def test_cleanup_takes_down_what_a_killed_run_left(moto, waiting, tmp_path):
    waiting.kill()
    waiting.wait()
    assert len(stacks_on(moto)) == 2
    done = run(of_moto(moto), tmp_path / "again", CLEANUP="yes")
    assert done.returncode == 0 and "nothing is left" in done.stdout and stacks_on(moto) == [], done
    assert "taking down what an earlier run left" in done.stdout and "reading calls" not in done.stdout


def test_a_stack_of_somebody_else_is_left_alone(moto, tmp_path):
    cloudformation = moto.client("cloudformation")
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    cloudformation.create_stack(StackName="snow-white-contract", TemplateBody=template)
    try:
        done = run(of_moto(moto), tmp_path / "confirmed", CONFIRM="yes")
        assert done.returncode == 1 and "there is a stack snow-white-contract without the tag" in done.stderr, done
        assert "making" not in done.stdout
        done = run(of_moto(moto), tmp_path / "cleanup", CLEANUP="yes")
        assert done.returncode == 0 and "left alone: the stack snow-white-contract" in done.stdout, done
        assert stacks_on(moto) == ["snow-white-contract"]
    finally:
        cloudformation.delete_stack(StackName="snow-white-contract")


# --- a fake AWS: what neither of the two has

OUR_ACTIONS = [("status", {"running"}), ("quiet", {"quiet", "idle"}), ("status", {"quiet", "idle"}), ("wake", {"running"}),
               ("status", {"running"})]

@pytest.fixture
def pretended(monkeypatch):
    """An own stack that believes that it is on AWS, and its messages."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
    said = []
    own = OwnStack(FakeAccount(), said.append, 0.001)
    yield own, said
    assert own.take_down() == ([], []) and own.account.instance["State"]["Name"] == "terminated"


def test_a_confirmed_run_from_its_first_call_to_its_last(pretended):
    """Every call is compared with botocore's model; the tests are the very functions that a person
    runs."""
    own, said = pretended
    fleet, answers = own.create(), []
    assert "  the imitated worker: Success" in said
    for action, states in OUR_ACTIONS:
        documents.test_a_document_of_ours(fleet, answers.append, action, states)
    questions.test_in_what_order_steps_come_back(fleet, answers.append)
    questions.test_which_version_of_a_document_an_update_makes_the_default(fleet, answers.append)
    questions.test_what_becomes_of_a_command_to_an_instance_that_is_stopped_and_started(fleet, answers.append)
    questions.test_whether_a_terminated_instance_is_a_target_of_its_tag(fleet, answers.append)
    text = "\n".join(answers)
    assert "3 invocations had alpha, bravo, charlie, delta / delta, charlie, bravo, alpha" in text
    assert "before the stack's update: default 1, latest 1; after it: default 2, latest 2" in text
    assert "Pending after 900 s; sent by its id: InvalidInstanceId" in text and "Success" in text
    assert "480 s after the termination: EC2 says terminated; TargetCount 1, the terminated one is not among them" in text
    assert own.account.suspended == set(), "Auto Scaling looks again"


@pytest.mark.parametrize("worker, states", [("", {"running"}), ("running", {"quiet", "idle"})])
def test_a_worker_that_is_not_found_or_ignores_signals_fails(pretended, worker, states):
    own, _ = pretended
    fleet = own.create()
    own.account.worker = worker
    with pytest.raises(AssertionError, match="wanted "):
        documents.test_a_document_of_ours(fleet, lambda _: None, "status", states)


def test_a_worker_that_does_not_start_ends_the_run(pretended):
    own, _ = pretended
    own.account.worker_starts = "Failed"
    with pytest.raises(CannotGoOn, match="the imitated worker did not start: Failed: 'inactive'"):
        own.create()


def test_an_instance_of_somebody_else_with_our_tag_is_not_touched(pretended):
    """Anybody may give an instance the tag of our environment. The account here refuses an ID that
    is not ours."""
    own, _ = pretended
    own.account.strangers = [{"InstanceId": "i-00000000000000000", "State": {"Name": "running"}}]
    fleet = own.create()
    assert fleet.instances() == [own.account.instance["InstanceId"]]
    documents.test_a_document_of_ours(fleet, lambda _: None, "status", {"running"})
    questions.test_whether_a_terminated_instance_is_a_target_of_its_tag(fleet, lambda _: None)
    own.account.strangers = []


def test_a_stack_that_rolls_back_says_why(pretended):
    own, _ = pretended
    own.account.rolls_back = "The following resource(s) failed to create: [Environment]"
    with pytest.raises(CannotGoOn, match="snow-white-contract is ROLLBACK_COMPLETE: Environment: The following"):
        own.create()


def test_what_is_left_is_named(pretended):
    own, said = pretended
    own.create()
    own.account.holds_on = True
    left, unseen = own.take_down()
    assert unseen == [] and left[:2] == ["the stack snow-white-contract (DELETE_FAILED)", "the stack snow-white-contract-product (DELETE_FAILED)"]
    assert left[2].startswith("the environment snow-white-contract-workers") and left[3].startswith("the instance i-")
    assert said.count("  deleting the stack snow-white-contract") == 2, "a second try"
    own.account.holds_on = False


# --- what exists already

class Listened:
    """In their order: messages, waits, and calls that change something."""

    def __init__(self, own, monkeypatch):
        self.seen = []
        monkeypatch.setattr(contract_aws, "say", lambda words="": self.seen.append(words))
        monkeypatch.setattr(time, "sleep", lambda seconds: self.seen.append(seconds) if seconds >= 10 else None)
        monkeypatch.setattr(signal, "alarm", lambda _: 0)  # pytest-timeout has it
        own.account.heard = lambda action: None if READING.match(action) else self.seen.append(action)


@pytest.fixture
def leftover(pretended, monkeypatch):
    own, _ = pretended
    own.create()
    monkeypatch.setattr(contract_aws, "OwnStack", lambda *_: own)
    own.say = lambda _: None
    heard = {s: signal.getsignal(s) for s in contract_aws.INTERRUPTIONS}
    yield own, Listened(own, monkeypatch).seen
    for s, handler in heard.items():
        signal.signal(s, handler)


def age(own, hours):
    for stack in own.account.stacks.values():
        stack["CreationTime"] -= datetime.timedelta(hours=hours)


def test_a_stack_that_may_be_of_a_run_at_work_is_not_deleted_by_a_confirmation(leftover):
    own, seen = leftover
    age(own, 4.9)
    with pytest.raises(CannotGoOn, match=r"the stack snow-white-contract \(arn:snow-white-contract\), made at .* CLEANUP=yes takes it down"):
        contract_aws.own_stack_of(own.account)
    assert seen == []
    age(own, 0.2)
    assert contract_aws.own_stack_of(own.account) is own


@pytest.mark.parametrize("how", ["CLEANUP", "CONFIRM"])
def test_a_deletion_is_announced_ten_seconds_before(leftover, how):
    own, seen = leftover
    age(own, 6)
    made = own.account.stacks["snow-white-contract"]["CreationTime"]
    if how == "CLEANUP":
        assert contract_aws.clean_up(own.account) == 0
    else:
        suite = types.SimpleNamespace(run=lambda *_: None)
        assert contract_aws.ask_questions(own.account, suite, own) == []
        assert seen.count("CreateStack") == 2
    words = "it first deletes what an earlier run left: the stack snow-white-contract"
    assert seen[0] == f"{words} (arn:snow-white-contract), made at {made:%Y-%m-%d %H:%M:%S} UTC" and seen[1].startswith(words + "-product")
    assert seen[2] == "it begins in 10 seconds; Ctrl-C ends it" and seen[3] == 10
    assert seen.index("DeleteStack") > 3 and seen[-1] == "  nothing is left"


def test_a_run_that_begins_at_the_same_time_is_left_alone(leftover):
    """Both have looked, and the other one was quicker."""
    own, seen = leftover
    theirs, own.account.stacks = own.account.stacks, {}
    own.run = "this-run"
    own.account.heard = lambda action: own.account.stacks.update(theirs) if action == "CreateStack" else seen.append(action)
    problems = contract_aws.ask_questions(own.account, types.SimpleNamespace(run=lambda *_: None), own)
    assert problems == ["it could not go on: another run has just made the stack snow-white-contract; it is left alone"]
    assert len(own.account.stacks) == 2 and seen[-1] == "  nothing is left", seen
    own.beside_another = False


def test_a_stack_whose_creation_boto3_asked_for_twice_is_ours(pretended):
    own, _ = pretended
    own.create()
    own.create_stack("snow-white-contract-product", [])
    assert not own.beside_another


@pytest.mark.parametrize("handler, said", [("time_is_up", "time is up; taking down"), ("interrupt_once", "interrupted; taking down")])
def test_a_timeout_and_a_ctrl_c_are_distinguished(leftover, monkeypatch, handler, said):
    own, seen = leftover
    age(own, 6)
    monkeypatch.setitem(contract_aws.TIME, "is up", False)
    suite = types.SimpleNamespace(run=lambda *_: getattr(contract_aws, handler)())
    if handler == "time_is_up":
        assert contract_aws.ask_questions(own.account, suite, own) == ["time is up: 2 hours; what is not told above was not asked"]
    else:
        with pytest.raises(KeyboardInterrupt):
            contract_aws.ask_questions(own.account, suite, own)
    assert said in seen and own.account.stacks == {}


def test_the_time_to_ask_and_the_time_to_take_down_are_what_is_said():
    assert own_stack.LONGEST_ASKING + own_stack.LONGEST_DELETING < own_stack.LONGEST_HOURS * 3600
    assert all(words in own_stack.plan() for words in ("3 hours at most: 2 hours", "50 minutes", "$0.70 at most"))


def test_taking_down_ends_in_its_time(pretended, monkeypatch):
    """However long each of its waits might take: it waits 15 minutes for an update in progress."""
    own, said = pretended
    own.create()
    own.account.updating = ["UPDATE_IN_PROGRESS"] * 10**6
    own.patience, begun = 1.0, time.monotonic()
    monkeypatch.setattr(own_stack, "LONGEST_DELETING", 0.1)
    left, unseen = own.take_down()
    assert time.monotonic() - begun < 30 and unseen == [] and "the stack snow-white-contract (UPDATE_IN_PROGRESS)" in left
    assert "  wanted the update of the stack snow-white-contract over, and the time is up; it is deleted nevertheless" in said
    own.account.updating, own.patience = [], 0.001
    monkeypatch.undo()
    monkeypatch.setattr(time, "sleep", lambda _: None)


def test_a_stack_that_is_updated_is_deleted_when_the_update_is_over(pretended):
    """CloudFormation refuses DeleteStack until the update, and its clean-up, are over."""
    own, said = pretended
    own.create()
    own.patience = 1.0  # nobody sleeps here, and the update takes six looks
    own.account.updating = ["UPDATE_IN_PROGRESS"] * 3 + ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"] * 3
    assert own.take_down() == ([], []) and own.account.stacks == {}
    assert said.count("  deleting the stack snow-white-contract") == 1


def test_expired_credentials_are_reported(pretended):
    own, said = pretended
    own.create()
    own.account.expired = True
    left, unseen = own.take_down()
    assert left == [] and len(unseen) == 4 and all("ExpiredToken" in words for words in unseen), "not to see is not to be left"
    assert any("snow-white-contract could not be deleted" in words and "ExpiredToken" in words for words in said)
    own.account.expired = False


@pytest.mark.parametrize("lacks, said", [("vpcs", "no default VPC"), ("platforms", "no platform of Elastic Beanstalk like")])
def test_a_certain_rollback_is_reported_before(pretended, lacks, said):
    own, _ = pretended
    setattr(own.account, lacks, [])
    with pytest.raises(CannotGoOn, match=said):
        own.check()
    own.account.instance["State"]["Name"] = "terminated"


def test_the_guide_says_that_it_was_never_run_on_aws():
    assert "We have never run it on AWS" in GUIDE.read_text()
