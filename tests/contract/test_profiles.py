"""The profile files at the prompt: a name that is not there, a file that cannot be read, a program
that takes its time. No AWS is needed to get there."""

import signal
import subprocess
import time

import pytest

from sandbox_process import PROGRAM, clean_environment

SETTINGS = "region = us-east-1\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "config").write_text("")
    (tmp_path / "credentials").write_text(f"[staging]\n{SETTINGS}[production]\n{SETTINGS}")
    return tmp_path


def environment(files):
    return clean_environment(AWS_CONFIG_FILE=str(files / "config"),
                             AWS_SHARED_CREDENTIALS_FILE=str(files / "credentials"))


def status(files, profile="staging"):
    return subprocess.run([PROGRAM, "-a", "status", "-e", "workers", "-f", profile, "-p", "acme", "-r", "us-east-1"],
                          env=environment(files), capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("typed, meant", (("stagng", "staging"), ("STAGING", "staging"), ("prod", "production")))
def test_the_nearest_profile_is_named(files, typed, meant):
    done = status(files, typed)
    assert done.returncode == 2 and done.stderr.endswith(f"did you mean {meant}?\n"), done.stderr


def test_a_profile_that_is_like_none_can_be_made(files):
    assert "make it with: aws configure --profile shop" in status(files, "shop").stderr


@pytest.mark.parametrize("config", ("[profile staging\nrole_arn = arn:aws:iam::1:role/x\n", None))
def test_a_file_that_cannot_be_read_hides_no_role(files, config):
    (files / "config").unlink()
    if config is None:
        (files / "config").mkdir()
    else:
        (files / "config").write_text(config)
    done = status(files)
    assert done.returncode == 2, done
    assert f'-f: profile "staging" may be incomplete: {files / "config"}' in done.stderr, done.stderr


@pytest.mark.parametrize("with_signal", (signal.SIGTERM, signal.SIGINT))
@pytest.mark.parametrize("program", ("sleep 30", "trap '' TERM; sleep 30"))
def test_a_signal_ends_it_while_a_program_gives_credentials(files, with_signal, program):
    (files / "config").write_text(f"[profile slow]\ncredential_process = {program}\n")
    running = subprocess.Popen([PROGRAM, "-a", "status", "-e", "workers", "-f", "slow", "-p", "acme", "-r", "us-east-1"],
                               env=environment(files), stderr=subprocess.PIPE)
    time.sleep(1)
    assert running.poll() is None
    running.send_signal(with_signal)
    try:
        assert running.wait(timeout=10) == 8
    finally:
        running.kill()
