"""snow-white.sh, the helper that people run: its settings, and that it only finds the program and
runs it."""

import shutil

import pytest

from operator_flags import TASK, flags, sent
from programs import at_the_prompt, run
from sandbox_process import BIN, PROGRAM, ROOT

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=1", "--simulated", "--drain", "1s"]
HELPER = ROOT / "snow-white.sh"
SETTINGS = ("ECS_CLUSTER_REGION", "ECS_CLUSTER_NAME", "vpc_id", "subnet_id", "sec_group")


def helper(sandbox, *arguments, path=f"{BIN}:/usr/bin:/bin", script=HELPER, **environment):
    return run(["sh", script, *arguments], at_the_prompt(sandbox, PATH=path, **environment))


def test_a_launch(sandbox, client):
    done = helper(sandbox, *flags())
    assert done.code == 0 and TASK.search(done.out), repr(done)
    client("ecs").stop_task(cluster="snow-white", task=TASK.search(done.out)[0])


def test_it_is_called_from_anywhere_by_its_path(sandbox):
    done = helper(sandbox, "--version")
    assert done.code == 0 and done.out.startswith("snow-white "), repr(done)


@pytest.mark.parametrize("name", SETTINGS)
def test_an_unset_setting_is_named(sandbox, name):
    before = sent(sandbox)
    done = helper(sandbox, *flags(), **{name: None})
    assert done.code == 2 and name in done.err and sent(sandbox) == before, repr(done)
    assert not [other for other in SETTINGS if other != name and other in done.err]


def test_all_unset_settings_are_named_at_once(sandbox):
    done = helper(sandbox, *flags(), **dict.fromkeys(SETTINGS))
    assert done.code == 2 and all(name in done.err for name in SETTINGS), repr(done)


def test_a_setting_at_its_top_counts_and_the_environment_overrides_it(sandbox, tmp_path):
    edited = tmp_path / "snow-white.sh"
    text = HELPER.read_text()
    assert '${ECS_CLUSTER_NAME:-}' in text
    edited.write_text(text.replace("${ECS_CLUSTER_NAME:-}", "${ECS_CLUSTER_NAME:-snow-black}"))
    written = helper(sandbox, *flags(), script=edited, ECS_CLUSTER_NAME=None)
    assert written.code == 4 and "snow-black" in written.err, repr(written)
    overridden = helper(sandbox, *flags(), script=edited)
    assert overridden.code == 0, repr(overridden)


def test_without_a_program_in_path_this_checkout_s_build_is_taken(sandbox, tmp_path):
    build = tmp_path / "build/dev/bin"
    build.mkdir(parents=True)
    shutil.copy(HELPER, tmp_path)
    build.joinpath("snow-white").symlink_to(PROGRAM)
    done = helper(sandbox, "--version", path="/usr/bin:/bin", script=tmp_path / "snow-white.sh")
    assert done.code == 0 and done.out.startswith("snow-white "), repr(done)


def test_with_neither_it_builds_one_and_says_so(sandbox, tmp_path):
    shutil.copy(HELPER, tmp_path)
    tmp_path.joinpath("Makefile").write_text(
        f"program:\n\tmkdir -p build/release/bin\n\tln -s '{PROGRAM}' build/release/bin/snow-white\n")
    done = helper(sandbox, "--version", path="/usr/bin:/bin", script=tmp_path / "snow-white.sh")
    assert done.code == 0 and done.out.startswith("snow-white ") and "building" in done.err, repr(done)
