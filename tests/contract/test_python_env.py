"""scripts/python-env installs only what tests/requirements*.txt names by version and hash. The
packages are made here; no index is used."""

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from sandbox_process import ROOT, clean_environment

FILES = sorted((ROOT / "tests").glob("requirements*.txt"))
PINNED = re.compile(r"[A-Za-z0-9._-]+==[^\s\\]+(?: --hash=sha256:[0-9a-f]{64})+")


def requirements_of(text):
    lines = re.sub(r" \\\n\s*", " ", text).splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_requirement_has_its_version_and_its_hashes(file):
    requirements = requirements_of(file.read_text())
    assert len(requirements) > 50 and not [one for one in requirements if not PINNED.fullmatch(one)]


def wheel(folder, name, needs=()):
    """-> its SHA-256"""
    place = folder / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{about}/METADATA", "".join(["Metadata-Version: 2.1\n", f"Name: {name}\nVersion: 1.0\n",
                                                       *(f"Requires-Dist: {one}\n" for one in needs)]))
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return hashlib.sha256(place.read_bytes()).hexdigest()


@pytest.fixture
def make(tmp_path):
    """make(text of requirements.txt): runs the script in a checkout of its own. -> (exit code, its
    output, its log)"""
    for folder in ("scripts", "tests"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "scripts/python-env", tmp_path / "scripts")

    def run(text):
        (tmp_path / "tests/requirements.txt").write_text(text)
        done = subprocess.run([tmp_path / "scripts/python-env"], capture_output=True, text=True, timeout=120, env=clean_environment(
            PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path), PYTHON=sys.executable))
        return done.returncode, done.stdout + done.stderr, (tmp_path / "build/python-env.log").read_text()

    return run


def test_packages_of_these_hashes_are_installed(tmp_path, make):
    first, second = wheel(tmp_path, "first", ["second"]), wheel(tmp_path, "second")
    code, said, log = make(f"first==1.0 --hash=sha256:{first}\nsecond==1.0 --hash=sha256:{second}\n")
    assert (code, said) == (0, ""), log
    subprocess.run([tmp_path / "build/venv/bin/python", "-c", "import first, second"], check=True)


@pytest.mark.parametrize("line, why", [
    ("first==1.0 --hash=sha256:" + "0" * 64, "DO NOT MATCH THE HASHES"), ("first==1.0", "Hashes are required"),
    ("first>=1.0 --hash=sha256:{hash}", "have their versions pinned"), ("first==1.0 --hash=sha256:{hash}", "requires second")])
def test_other_packages_are_not_installed(tmp_path, make, line, why):
    code, said, log = make(line.format(hash=wheel(tmp_path, "first", ["second"])) + "\n")
    assert code == 1 and said.startswith("python-env: could not make") and said.count("\n") == 1, said
    assert why in log, log
    assert not (tmp_path / "build/venv/made-from.sha256").exists(), "a second run would take it for made"
