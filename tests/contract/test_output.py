"""What could not be written is an error. A closed descriptor stays without a file of ours."""

import os
import re
import subprocess

import pytest

from sandbox_process import PROGRAM, ROOT

CHECK = PROGRAM.parent / "snow-white-check"

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


# Nothing of the outside world is needed to get there.
REFUSED = ["-a", "quite", "-e", "workers", "-f", "staging", "-p", "acme", "-r", "us-east-1"]
NO_PROFILE = ["-a", "status", *REFUSED[2:]]


def closed_pipe():
    reading, writing = os.pipe()
    os.close(reading)
    return open(writing, "w")


def full_disk():
    return open("/dev/full", "w")


@pytest.mark.parametrize("output", (full_disk, closed_pipe))
@pytest.mark.parametrize("arguments, code", ((REFUSED, 2), (NO_PROFILE, 2), ([*NO_PROFILE, "--json"], 2),
                                             (["--help"], 74)))
def test_no_output_at_all_never_aborts(arguments, code, output):
    """`restore_signals`: else Python gives its children SIGPIPE's default, which would end them."""
    with output() as out:
        done = subprocess.run([PROGRAM, *arguments], env={}, stdout=out, stderr=out, timeout=60,
                              restore_signals=False)
    assert done.returncode == code


def test_a_closed_error_output_never_aborts():
    done = subprocess.run(["sh", "-c", '"$0" "$@" 2>&-', PROGRAM, *NO_PROFILE], env={}, stdout=subprocess.PIPE,
                          timeout=60)
    assert done.returncode == 2


@pytest.mark.parametrize("arguments", (["--help"], [], ["no-such-log"], ["--nope"]))
def test_the_check_never_aborts(arguments):
    with full_disk() as out:
        done = subprocess.run([CHECK, *arguments], env={}, stdout=out, stderr=out, timeout=60)
    assert done.returncode == 2


def test_nothing_prints_past_the_output_that_forgives():
    """fmt::print and iostreams with exceptions would end a run whose output is full."""
    throwing = re.compile(r"\bfmt::print(ln)?\(|\bstd::(cout|cerr|clog)\b|\bf?puts\(|\bf?printf\(")
    found = [f"{file.relative_to(ROOT)}: {hit[0]}" for file in sorted((ROOT / "src").rglob("*.?pp"))
             for hit in throwing.finditer(file.read_text())]
    assert not found
