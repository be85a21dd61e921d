"""The program under valgrind: a whole quiet with a message to Slack accesses no invalid memory, and
frees all of it."""

import os

from operator_flags import flags, wake
from programs import at_the_prompt, run
from sandbox_process import PROGRAM

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=3", "--simulated", "--drain", "1s"]
VALGRIND = ["valgrind", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible"]


def test_a_quiet_under_valgrind(sandbox, client):
    wake(sandbox, client, "acme-Workers")
    slack = {"SLACK_WEBHOOK": sandbox.url + "/services/T0SANDBOX/B0SANDBOX/secret"}
    environment = at_the_prompt(sandbox, **slack) | {"PATH": os.environ["PATH"]}
    done = run([*VALGRIND, PROGRAM, *flags(), "--here"], environment, seconds=120)
    assert done.code == 0 and "QUIET: " in done.out and "ERROR SUMMARY: 0 errors" in done.err, repr(done)
