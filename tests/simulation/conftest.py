"""Where the simulation is, and the first seed of this commit."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def first_seed():
    """Each commit plays other histories; everybody who has the commit plays the same ones."""
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(revision.stdout[:8] or "1", 16)


FIRST_SEED = first_seed()


@pytest.fixture(scope="session")
def binaries():
    return pathlib.Path(os.environ["SNOW_WHITE_BIN"])
