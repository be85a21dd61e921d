"""The examples of docs/ci, run here: they quiet, deploy and wake; a failed deploy wakes nobody, and
a reminder names the workers that stay quiet."""

import re
import shutil
import subprocess

import pytest
import yaml

from clients import VENV_BIN
from github_runner import Step, keys_of_role, resolve, run_action, run_workflow
from operator_flags import states, wake
from programs import at_the_prompt
from release_server import TARBALL, VERSION, Served, make_release
from sandbox_process import ROOT

EXAMPLES = ROOT / "docs/ci"
GITHUB, GITLAB, TERRAFORM = (EXAMPLES / name for name in ("github-actions.yml", "gitlab-ci.yml", "terraform.tf"))
ROLE = "arn:aws:iam::123456789012:role/Deploy"
SANDBOX_ARGUMENTS = ["--application", "shop", "--environment", "shop-workers=2", "--environment", "shop-web=1:web", "--simulated",
                     "--drain", "1s"]


def test_each_example_is_tested():
    assert set(EXAMPLES.iterdir()) == {GITHUB, GITLAB, TERRAFORM}


def test_actions_are_pinned_by_commit():
    """Whoever may push there can move a tag to other code. The user fills in the commit of ours."""
    used = re.findall(r"uses:(.*)", GITHUB.read_text())
    theirs = [one for one in used if one != " OWNER/snow-white/action@COMMIT"]
    assert theirs and all(re.fullmatch(r" [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in theirs), used


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """Served as GitHub serves a release of OWNER/snow-white. Returns the server, the folder's URL,
    the tarball's sum."""
    root = tmp_path_factory.mktemp("github")
    folder = root / f"OWNER/snow-white/releases/download/v{VERSION}"
    folder.mkdir(parents=True)
    right = make_release(folder)
    with Served(root) as server:
        yield server.url, f"{server.url}/{folder.relative_to(root)}", right


@pytest.fixture
def environment(sandbox, client, tmp_path):
    """environment(whether the deploy succeeds) is that of a job. The EB CLI is not here: a stand-in
    prints that it was called."""
    wake(sandbox, client, "shop-workers")

    def of(deploys=True):
        (tmp_path / "eb").write_text(f"#!/bin/sh\necho deploys: $*\nexit {0 if deploys else 1}\n")
        (tmp_path / "eb").chmod(0o700)
        return at_the_prompt(sandbox, PATH=f"{tmp_path}:{VENV_BIN}:/usr/local/bin:/usr/bin:/bin")

    return of


# --- GitHub

@pytest.fixture
def start(sandbox, release, tmp_path):
    """start(environment, event, inputs, edits) runs the example; edits, {old: new}, change its text
    before."""
    variables = {"SNOW_WHITE_ROLE": ROLE, "ECS_CLUSTER_NAME": sandbox.exports["ECS_CLUSTER_NAME"], "VPC_ID": sandbox.exports["vpc_id"],
                 "SUBNET_ID": sandbox.exports["subnet_id"], "SEC_GROUP": sandbox.exports["sec_group"]}
    github = {"server_url": release[0], "action_repository": "OWNER/snow-white"}

    def ours(given, environment, folder):
        return run_action(given, environment, folder, lambda _: keys_of_role(sandbox, ROLE), github)

    uses = {"OWNER/snow-white/action@": ours, "actions/checkout@": lambda *_: Step(code=0, out="", outputs={}, summary="")}
    count = []

    def run(environment, event="workflow_dispatch", inputs=None, edits=None):
        text = GITHUB.read_text()
        for old, new in (edits or {}).items():
            assert old in text
            text = text.replace(old, new)
        count.append(event)
        return run_workflow(yaml.safe_load(text), event, inputs or {}, variables, environment, tmp_path / f"run-{len(count)}", uses)

    return run


def test_github_quiets_deploys_and_wakes(start, environment, sandbox):
    done = start(environment(), inputs={"purpose": "deploy"})
    assert done.results == {"quiet": "success", "follow": "success", "deploy": "success", "wake": "success", "asleep": "skipped",
                            "reminder": "skipped"}, done.out
    assert re.search(r"QUIET: all 2.*deploys: deploy\n.*AWAKE: all 2", done.out, re.DOTALL), done.out
    assert states(sandbox, "shop-workers") == {"running"}
    assert any("deploy 0a1b2c3" in request["body"] for request in sandbox.look("requests") if request["action"] == "SendCommand")


def test_github_a_failed_deploy_wakes_nobody_and_reminds(start, environment, sandbox):
    done = start(environment(deploys=False), inputs={"purpose": "deploy"})
    assert done.results == {"quiet": "success", "follow": "success", "deploy": "failure", "wake": "skipped", "asleep": "failure",
                            "reminder": "skipped"}, done.out
    assert states(sandbox, "shop-workers") == {"idle"}
    assert "nothing wakes them by itself" in done.summary and done.summary.count("<td>idle</td>") == 2, done.summary
    soon = start(environment(), "schedule")
    assert soon.results["reminder"] == "success", "a deploy may be going on"
    late = start(environment(), "schedule", edits={'HOURS: "7"': 'HOURS: "0"'})
    assert late.results["reminder"] == "failure" and "Still asleep" in late.summary and late.summary.count(" idle since ") == 2, late.out
    woken = start(environment(), inputs={"purpose": "wake"})
    assert woken.results == {"quiet": "skipped", "follow": "skipped", "deploy": "skipped", "wake": "success", "asleep": "skipped",
                             "reminder": "skipped"}, woken.out
    assert states(sandbox, "shop-workers") == {"running"}


def test_github_deploys_nothing_beside_running_jobs(start, environment):
    """A web environment has no worker: nothing can be quieted."""
    done = start(environment(), inputs={"purpose": "deploy"}, edits={"pattern: workers": "pattern: web"})
    assert done.results["follow"] == "failure" and done.results["deploy"] == done.results["wake"] == "skipped"
    assert done.results["asleep"] == "failure" and "deploys:" not in done.out


def test_github_has_one_deploy_at_a_time():
    """From its quiet to its wake, so for the run and not for each job; the reminder must not push a
    deploy out of the queue."""
    workflow = yaml.safe_load(GITHUB.read_text())
    groups = {event: resolve(workflow["concurrency"], {"github": {"event_name": event}}) for event in ("schedule", "workflow_dispatch")}
    assert groups == {"schedule": "reminder", "workflow_dispatch": "production"}
    assert not [name for name, job in workflow["jobs"].items() if "concurrency" in job]


def test_github_reminds_only_of_quiet_workers(start, environment):
    done = start(environment(), "schedule", edits={'HOURS: "7"': 'HOURS: "0"'})
    assert done.results["reminder"] == "success" and set(done.results.values()) == {"success", "skipped"}, done.out


# --- GitLab

@pytest.fixture
def play(sandbox, release, tmp_path):
    """play(job, environment) runs a job's lines as GitLab has a shell run them."""
    pipeline = yaml.safe_load(GITLAB.read_text())
    common = pipeline.pop(".snow-white")

    def run(job, environment, sha256=release[2], **variables):
        assert pipeline[job]["extends"] == ".snow-white"
        lines = [*common["before_script"], *pipeline[job]["script"]]
        script = "\n".join(lines).replace("/tmp/gitlab-token", str(tmp_path / "token"))
        given = {"SNOW_WHITE_URL": release[1], "SNOW_WHITE_SHA256": sha256, "CI_COMMIT_SHA": "0a1b2c3", "GITLAB_TOKEN": "t"}
        given |= {k: str(v) for k, v in (pipeline["variables"] | pipeline[job].get("variables", {})).items()}
        given["SNOW_WHITE_TARBALL"] = TARBALL  # a runner of another architecture names its own
        folder = tmp_path / "builds"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return subprocess.run(["bash", "-eo", "pipefail", "-c", script], env=environment | given | variables, cwd=folder,
                              capture_output=True, text=True, timeout=100, stdin=subprocess.DEVNULL, check=False)

    return run


def test_gitlab_names_this_version():
    """A new VERSION must be written there, too."""
    assert f"SNOW_WHITE_TARBALL: snow-white-{VERSION}-linux-amd64.tar.gz" in GITLAB.read_text()


def test_gitlab_quiets_deploys_and_wakes(play, environment):
    done = play("deploy", environment())
    assert done.returncode == 0, done
    assert re.search(r"reason: deploy 0a1b2c3.*QUIET: all 2.*deploys: deploy\n.*reason: deployed 0a1b2c3.*AWAKE: all 2", done.stdout,
                     re.DOTALL), done


def test_gitlab_a_failed_deploy_wakes_nobody_and_reminds(play, environment, sandbox):
    there = environment(deploys=False)
    done = play("deploy", there)
    assert done.returncode == 1 and "QUIET: all 2" in done.stdout and "AWAKE" not in done.stdout, done
    assert states(sandbox, "shop-workers") == {"idle"}
    told = play("asleep", there)
    assert told.returncode == 1 and told.stdout.count(" idle ") >= 2 and "play wake-by-hand" in told.stdout, told
    assert play("reminder", there).returncode == 0, "a deploy may be going on"
    late = play("reminder", there, HOURS="0")
    assert late.returncode == 1 and "still asleep" in late.stdout, late
    woken = play("wake-by-hand", there)
    assert woken.returncode == 0 and states(sandbox, "shop-workers") == {"running"}, woken
    assert play("reminder", there, HOURS="0").returncode == 0


def test_gitlab_refuses_another_tarball(play, environment):
    done = play("deploy", environment(), sha256="0" * 64)
    assert done.returncode != 0 and "FAILED" in done.stdout and "deploys:" not in done.stdout, done


def test_gitlab_wakes_by_itself_only_after_a_deploy():
    pipeline = yaml.safe_load(GITLAB.read_text())
    waking = [name for name, job in pipeline.items() if isinstance(job, dict) and any("-a wake" in line for line in job.get("script", []))]
    assert waking == ["deploy", "wake-by-hand"]
    assert [rule["when"] for rule in pipeline["wake-by-hand"]["rules"]] == ["manual"]
    assert pipeline["asleep"]["rules"][0]["when"] == "on_failure"


# --- Terraform

def test_terraform_gives_parameters_that_the_template_has():
    text = TERRAFORM.read_text()
    template = (ROOT / "cfn/snow-white-cfn.yml").read_text()
    block = re.search(r"\n  parameters = \{\n(.*?)\n  \}", text, re.DOTALL)[1]
    parameters = set(re.findall(r"^    (\w+) ", block, re.MULTILINE))
    known = set(re.findall(r"^  (\w+):$", re.search(r"\nParameters:\n(.*?)\n\w", template, re.DOTALL)[1], re.MULTILINE))
    assert parameters and parameters <= known, parameters - known
    assert re.search(r"\n  OperatorPolicyArn:", template) and "OperatorPolicyArn" in text
    path = re.search(r'file\("\$\{path.module\}/(.*?)"\)', text)[1]
    assert (EXAMPLES / path).resolve() == ROOT / "cfn/snow-white-cfn.yml"


def test_terraform_is_formatted():
    if not shutil.which("terraform"):
        pytest.skip("terraform is not here")
    done = subprocess.run(["terraform", "fmt", "-check", "-diff", EXAMPLES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
