"""scripts/check-prose names file, line and word, and looks at prose and comments only."""

import subprocess

import pytest

from sandbox_process import ROOT

WORDY = "word " * 30


def check(folder, name, text):
    """-> exit code, and what is wrong with each line: {number: words}."""
    file = folder / name
    file.write_text(text)
    done = subprocess.run([ROOT / "scripts/check-prose", file], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    found = [line.removeprefix(f"{file}:").split(": ", 1) for line in done.stdout.splitlines()]
    return done.returncode, {int(number): words for number, words in found}


@pytest.mark.parametrize("name, text, lines", [
    ("a.cpp", 'int a = 1\'000; // a sweep\nauto url = "https://heart"; // fine\nauto raw = R"(// heart)";\n', {1}),
    ("b.hpp", "/* two\n   errands */\nint onlooker;\n", {2}),
    ("c.py", '"""Restless."""\nx = """heart"""  # in vain\ny = "# heart"\n', {1, 2}),
    ("d.sh", "#!/bin/sh\n# the heart\necho a#heart\n", {2}),
    ("e.md", "# Heart\n\n`heart`, heart/file and heartbeat\n\n    heart\n\n| heart |\n", {1}),
])
def test_words_of_prose_and_comments_are_found_and_no_others(tmp_path, name, text, lines):
    code, found = check(tmp_path, name, text)
    assert (code, set(found)) == (1, lines), found
    assert all(": write " in words for words in found.values())


@pytest.mark.parametrize("name, text, lines", [
    ("a.md", f"{WORDY}\n\n| {WORDY} |\n\n    {WORDY}\n\n```\n{WORDY}\n```\n- https://{'x' * 120}\n", {1}),
    ("b.py", f"# {WORDY}\nx = '{WORDY}'  # fine\n", {1}),
    ("c.sh", f"#!/bin/sh\necho '{WORDY}'\n  # {WORDY}\n", {3}),
])
def test_long_lines_are_found_where_they_can_be_broken(tmp_path, name, text, lines):
    code, found = check(tmp_path, name, text)
    assert (code, set(found)) == (1, lines), found
    assert all("columns; 100 at most" in words for words in found.values())


def test_what_is_clean_passes(tmp_path):
    assert check(tmp_path, "a.md", "# Verification\n\nThe monitor verifies the fleet.\n") == (0, {})
