"""What the tests of the container's image share: its archive unpacked, and a runner for its
programs."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARCHIVE = ROOT / "build/container/snow-white.tar"
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"


def want(claim, holds, seen):
    if not holds:
        raise AssertionError(f"wanted: {claim}; seen: {seen}")
    print(f"{claim}: so it is", flush=True)


def build_or_skip():
    """Makes sure that the archive exists; otherwise the test is skipped."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print("skipped: building the image needs root and Debian's apt", file=sys.stderr)
        sys.exit(77)
    for step in (["scripts/setup", "image"], ["scripts/image"]):
        subprocess.run(step, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)


def unpack(root):
    """The image's file system in `root`; returns its configuration."""
    with tarfile.open(ARCHIVE) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))[0]
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(layer)) as files:
                files.extractall(root)
        return json.load(archive.extractfile(manifest["Config"]))["config"]


def runner(root, user):
    """Runs a program of the image: in its root, which is read-only, as that user, without
    capabilities and without a way to gain any."""
    path = root.with_name(f"run-as-{user}")
    path.write_text(f"""#!/bin/sh
exec unshare --mount --propagation private sh -eu -c '
    mount --bind "{root}" "{root}"
    mount -o remount,bind,ro "{root}"
    cd "{root}"
    exec setpriv --no-new-privs chroot --userspec={user}:{user} --groups= "{root}" /bin/snow-white "$@"' sh "$@"
""")
    path.chmod(0o755)
    return path
