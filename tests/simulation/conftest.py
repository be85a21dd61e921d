"""Where the simulation is, and the commit's own first seed."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def first_seed():
    """Other histories for each commit, the same ones for everybody who has it."""
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(revision.stdout[:8] or "1", 16)


FIRST_SEED = first_seed()


@pytest.fixture(scope="session")
def binaries():
    return pathlib.Path(os.environ["SNOW_WHITE_BIN"])
