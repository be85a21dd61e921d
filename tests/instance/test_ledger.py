"""A small run of the ledger of `make ledger`: it ends, and its columns add up."""

import os
import subprocess

import releases
from booted import CHECKOUT, together


@together("machine")
def test_ledger_in_small(place):
    """One round of each way; ours is three cycles, since its three instances go through a round
    together. One of them runs the newest Sidekiq."""
    newest = releases.SUITES[-1]
    releases.folder(newest)
    small = {"LEDGER_CYCLES": "1", "LEDGER_JOBS": "20", "LEDGER_LONGEST": "3", "LEDGER_RELEASE": newest,
             "LEDGER_LOGS": str(place.folder / "ledger")}
    done = subprocess.run([CHECKOUT / "bench/ledger"], env={**os.environ, **small}, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")][1:]
    ours, restart, wait = [[int(number) for number in row[1:]] for row in rows]
    assert ours == [3, 60, 60, 0, 0, 0, 0]
    for cycles, jobs, once, lost, twice, _, again in (restart, wait):
        assert (cycles, jobs, once + lost + twice, again) == (1, 20, 20, 0)
