"""Histories of drains with faults: the program keeps its promises in all of them, and a program
that is broken on purpose does not. docs/design.md has the promises."""
import json
import os
import pathlib
import re
import shlex
import subprocess

import pytest

from conftest import FIRST_SEED, ROOT
from mutants import MUTANTS

# SSM generates new ones for each command
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HISTORIES = int(os.environ.get("SIMULATION_HISTORIES", "5000"))
# each commit tries one share; `make test-long` tries all
SHARES = 1 if os.environ.get("SIMULATION_MUTANTS") == "all" else 10
MOST = 6000  # histories until a mutant is noticed; a few hundred are enough for most


def simulate(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_promises_are_kept(binaries):
    played = simulate(binaries / "simulate", "--first", FIRST_SEED, "--count", HISTORIES)
    print(played.stdout)
    assert played.returncode == 0, played.stdout + played.stderr


def test_a_seed_is_one_history(binaries):
    once, again = (UUID.sub("ID", simulate(binaries / "simulate", "--seed", FIRST_SEED).stdout) for _ in range(2))
    assert once == again and "the monitor ends with" in once


def compiled_with(build, source):
    """The file that is compiled to get that source, alone or as one of a unity batch; the command,
    and its folder."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        if file == source or file.parent.name == "Unity" and f'"{source}"' in file.read_text():
            return file, shlex.split(entry["command"]), entry["directory"]
    raise LookupError(f"{source} is not compiled in {build}")


def link_command(build, program):
    commands = subprocess.run(["ninja", "-t", "commands", f"bin/{program}"], cwd=build, capture_output=True,
                              text=True, check=True).stdout.splitlines()
    return commands[-1]


def broken_program(build, name, mutant, folder):
    """Links the program with one object that is broken; the rest comes from the build."""
    source = ROOT / mutant.file
    copy = folder / source.name
    copy.write_text(pattern_of(mutant).sub(lambda _: mutant.becomes, source.read_text()))
    compiled, command, directory = compiled_with(build, source)
    if compiled != source:
        several = folder / compiled.name
        several.write_text(compiled.read_text().replace(f'"{source}"', f'"{copy}"'))
        copy = several
    made = folder / "broken.o"
    command[command.index("-o") + 1] = str(made)
    command[command.index("-c") + 1] = str(copy)
    subprocess.run([*command, "-O0", "-Wno-error"], cwd=directory, check=True, capture_output=True)
    program = folder / name
    link = link_command(build, name).replace(f"-o bin/{name}", f"{made} -o {program}")
    subprocess.run(link, shell=True, cwd=build, check=True, capture_output=True)
    return program


def pattern_of(mutant):
    """clang-format may break the line anywhere between two tokens."""
    tokens = re.findall(r"\w+|[^\w\s]", mutant.line)
    return re.compile(r"\s*".join(map(re.escape, tokens)))


def name_of(mutant):
    return mutant.name.replace(" ", "-")


@pytest.mark.parametrize("mutant", MUTANTS, ids=name_of)
def test_a_mutant_names_one_line(mutant):
    count = len(pattern_of(mutant).findall((ROOT / mutant.file).read_text()))
    assert count == 1, f"{mutant.file} has {count} such lines, and not one: {mutant.line!r}"


@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.tests], ids=name_of)
def test_a_mutant_names_unit_tests(binaries, mutant):
    listed = subprocess.run([binaries / "unit_tests", f"--gtest_filter={mutant.tests}",
                             "--gtest_list_tests"], capture_output=True, text=True, check=True)
    assert "\n  " in listed.stdout, f"no unit test matches {mutant.tests}"


# Each commit tries another share, as with the seeds.
SHARE = MUTANTS[FIRST_SEED % SHARES :: SHARES]
BY_SIMULATION = [mutant for mutant in SHARE if not mutant.tests]
BY_UNIT_TESTS = [mutant for mutant in SHARE if mutant.tests]


@pytest.mark.parametrize("mutant", BY_SIMULATION, ids=name_of)
def test_a_broken_program_is_noticed(binaries, mutant, tmp_path):
    program = broken_program(pathlib.Path(binaries).parent, "simulate", mutant, tmp_path)
    played = simulate(program, "--first", 1, "--count", MOST, "--failures", 1)
    print(played.stdout)
    assert played.returncode == 1, f"{mutant.name}: {MOST} histories, and no promise was broken"


@pytest.mark.parametrize("mutant", BY_UNIT_TESTS, ids=name_of)
def test_a_broken_program_is_noticed_by_its_unit_tests(binaries, mutant, tmp_path):
    program = broken_program(pathlib.Path(binaries).parent, "unit_tests", mutant, tmp_path)
    tested = subprocess.run([program, f"--gtest_filter={mutant.tests}"], capture_output=True, text=True, check=False)
    print(tested.stdout)
    assert tested.returncode == 1 and "[  FAILED  ]" in tested.stdout, f"{mutant.name}: {mutant.tests} passes"
