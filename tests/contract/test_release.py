"""What `make release` makes: the files in dist/, where they exist, and that its check refuses what
is wrong in them."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import warnings

import pytest

from sandbox_process import ROOT

CHECK = ROOT / "packaging/release/check"
DIST = ROOT / "dist"
VERSION = (ROOT / "VERSION").read_text().strip()


def checked(folder):
    return subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True, check=False)


def commit_of_dist():
    listed = DIST / f"snow-white-{VERSION}-build-root.txt"
    return listed.read_text().split("\n")[0].removeprefix("commit ") if listed.exists() else "none"


@pytest.fixture
def dist(tmp_path):
    """A copy of dist/, to be damaged."""
    head = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    if commit_of_dist() != head:
        words = f"NOT CHECKED: dist/ has a release of {commit_of_dist()}, and this is {head}; `make release` makes and checks it"
        warnings.warn(words)  # pytest's summary shows it without -rs as well
        pytest.skip(words)
    return shutil.copytree(DIST, tmp_path / "dist")


def rewritten(path, change):
    """The tar with its members' contents replaced by change(name, content)."""
    with tarfile.open(path) as old:
        members = [(one, old.extractfile(one).read() if one.isfile() else None) for one in old]
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as new:
        for member, content in members:
            if content is not None:
                content = change(member.name, content)
                member.size = len(content)
            new.addfile(member, None if content is None else io.BytesIO(content))


def sum_again(folder):
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())
             if path.name != "SHA256SUMS"]
    (folder / "SHA256SUMS").write_text("".join(lines))


def test_a_release_is_what_its_check_wants(dist):
    done = checked(dist)
    assert done.returncode == 0, done.stderr


def a_file_too_many(dist):
    (dist / "notes").write_text("")
    return "names: "


def another_template(dist):
    with (dist / "snow-white-cfn.yml").open("a") as file:
        file.write("# \n")
    return "template: "


def a_program_that_needs_libraries(dist):
    rewritten(dist / f"snow-white-{VERSION}-linux-amd64.tar.gz",
              lambda name, content: open("/bin/ls", "rb").read() if name.endswith("/bin/snow-white") else content)
    return "to need no library of the host; seen"


def a_blob_that_is_not_its_digest(dist):
    rewritten(dist / f"snow-white-{VERSION}.oci.tar", lambda name, content: content + b" " if "blobs/" in name else content)
    return "wanted blobs/sha256/"


def an_sbom_without_openssl(dist):
    path = dist / f"snow-white-{VERSION}-arm64.spdx.json"
    document = json.loads(path.read_text())
    document["packages"] = [one for one in document["packages"] if one["name"] != "libssl-dev"]
    document["relationships"] = [one for one in document["relationships"] if one["relatedSpdxElement"] != "SPDXRef-libssl-dev"]
    path.write_text(json.dumps(document))
    return "sbom: "


@pytest.mark.parametrize("harm", [a_file_too_many, another_template, a_program_that_needs_libraries,
                                  a_blob_that_is_not_its_digest, an_sbom_without_openssl])
def test_the_check_finds(dist, harm):
    words = harm(dist)
    sum_again(dist)
    done = checked(dist)
    assert done.returncode == 1 and words in done.stderr, done


def test_the_check_sees_a_file_that_is_not_what_the_sums_say(dist):
    with (dist / f"snow-white_{VERSION}_arm64.deb").open("ab") as file:
        file.write(b" ")
    done = checked(dist)
    assert done.returncode == 1 and "sums: " in done.stderr, done


def test_a_folder_without_a_release_is_refused(tmp_path):
    done = checked(tmp_path)
    assert done.returncode == 1 and "names: wanted" in done.stderr and "Traceback" not in done.stderr, done

