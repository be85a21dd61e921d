"""The examples for CI in docs/ci: YAML of the right kind, whose lines, run in their order, quiet, deploy and wake."""

import re
import subprocess

import pytest
import yaml

from programs import at_the_prompt
from sandbox_process import BIN, ROOT


def lines_of_github(text):
    [job] = yaml.safe_load(text)["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


def lines_of_gitlab(text):
    return yaml.safe_load(text)["deploy"]["script"]


EXAMPLES = {"github-actions.yml": lines_of_github, "gitlab-ci.yml": lines_of_gitlab}


def test_each_example_is_tested():
    assert {path.name for path in (ROOT / "docs/ci").iterdir()} == EXAMPLES.keys()


def test_an_action_is_named_by_its_commit():
    """A tag can be moved to other code by whoever may push there."""
    used = re.findall(r"uses:(.*)", (ROOT / "docs/ci/github-actions.yml").read_text())
    assert used and all(re.fullmatch(r" [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used), used


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_quiets_deploys_and_wakes(start_sandbox, tmp_path, name):
    """The EB CLI is not here: a stand-in says that it was called, and in between."""
    sandbox = start_sandbox("--application", "shop", "--environment", "shop-workers=2", "--simulated", "--drain", "1s")
    (tmp_path / "eb").write_text("#!/bin/sh\necho deploys: $*\n")
    (tmp_path / "eb").chmod(0o700)
    environment = at_the_prompt(sandbox, PATH=f"{tmp_path}:{BIN}:/usr/bin:/bin", GITHUB_SHA="0a1b2c3", CI_COMMIT_SHA="0a1b2c3")
    said = ""
    for line in EXAMPLES[name]((ROOT / "docs/ci" / name).read_text()):
        done = subprocess.run(["sh", "-ec", line], env=environment, capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL)
        assert done.returncode == 0, f"{line}\nexit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        said += done.stdout
    assert re.search(r"reason: deploy 0a1b2c3.*QUIET: all 2.*deploys: deploy\n.*reason: deployed 0a1b2c3.*AWAKE: all 2", said,
                     re.DOTALL), said
    comments = {word for request in sandbox.look("requests") if request["action"] == "SendCommand"
                for word in re.findall(r'"Comment":"([^"]*)"', request["body"]) if "status" not in word}
    assert any("deploy 0a1b2c3" in comment for comment in comments), comments
