"""What could not be written is an error. A closed descriptor stays without a file of ours."""

import subprocess

import pytest

from sandbox_process import PROGRAM

UNWRITTEN = "snow-white: the output could not be written: "


def run(arguments, environment, **streams):
    return subprocess.run([PROGRAM, *arguments], env=environment, stderr=subprocess.PIPE,
                          text=True, timeout=60, **streams)


@pytest.mark.parametrize("arguments", (["--help"], ["--version"]))
def test_a_full_disk_is_an_error(arguments):
    with open("/dev/full", "w") as full:
        done = run(arguments, {}, stdout=full)
    assert done.returncode == 74
    assert done.stderr == UNWRITTEN + "No space left on device\n"


def test_a_closed_output_is_an_error():
    done = subprocess.run(["sh", "-c", f"'{PROGRAM}' --version >&-"], stderr=subprocess.PIPE, text=True,
                          timeout=60)
    assert (done.returncode, done.stderr) == (74, UNWRITTEN + "Bad file descriptor\n")
