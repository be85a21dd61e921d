"""Every call of the program with every kind of fault: one or two refused, lost, malformed or slow
answers. The program recovers from temporary faults, with one command for the fleet; permanent ones
end with a clear message. See fault_runs.py.

FAULTS=ssm:SendCommand pytest tests/contract/test_faults_matrix.py -k here    only the trials with
that in their fault"""

import os

import pytest

from fault_runs import Trial, broken_promises, run_all

pytestmark = pytest.mark.timeout(400)  # hundreds of runs, sixteen at a time

OUTSIDE_AWS = ["throttled", "throttled-429", "server-error", "server-error-empty", "server-error-after", "unavailable",
               "no-connection", "reset-before", "reset-after", "timeout-before", "timeout-after", "truncated", "malformed",
               "wrong-shape", "denied", "absent", "slow,for=2s"]
KINDS = [*OUTSIDE_AWS, "clock-skew", "expired-token", "empty"]
PAGES = ["wrong-token", "repeated-token"]
PASSING = {*OUTSIDE_AWS} - {"denied", "absent"}  # gone at the next try

BY_THE_MONITOR = {  # in the order of a drain
    "sts:GetCallerIdentity": KINDS, "iam:ListUserTags": KINDS + PAGES, "cloudformation:DescribeStackResource": KINDS,
    "elasticbeanstalk:DescribeEnvironments": KINDS + PAGES, "ec2:DescribeInstances": KINDS + PAGES,
    "ssm:DescribeInstanceInformation": KINDS + PAGES, "ssm:ListCommands": KINDS + PAGES, "ssm:SendCommand": KINDS,
    "ssm:ListCommandInvocations": KINDS + PAGES}
BY_A_LAUNCH = {"ecs:DescribeTaskDefinition": KINDS, "ecs:RunTask": KINDS, "ecs:DescribeTasks": KINDS,
               "logs:GetLogEvents": KINDS, "metadata:Task": OUTSIDE_AWS, "metadata:Credentials": OUTSIDE_AWS}

# A well-formed answer that is untrue: no client could tell.
BELIEVED = {"elasticbeanstalk:DescribeEnvironments=empty,first=2"}

def trials(calls, flag):
    for call, kinds in calls.items():
        for kind in kinds:
            times = 1 if kind.startswith("timeout") else 2  # the program's timeout is ten seconds
            fault = f"{call}={kind},first={times}"
            if os.environ.get("FAULTS", "") in fault:
                yield Trial([fault], (flag,))


def faults_of(trial):
    return trial.faults[0].partition("=")[2].rpartition(",first")[0]


def wrong(outcomes, promises):
    """Text for each outcome that is not as required."""
    found = []
    for outcome in outcomes:
        broken = promises(outcome)
        recovered = outcome.code == 0 and outcome.commands == 1 and "not verified" not in outcome.done.out
        if faults_of(outcome.trial) in PASSING and not recovered:
            broken.append("wanted it recovered from")
        if broken:
            found.append(f"{', '.join(broken)}: {outcome}")
    return found


def test_here():
    tried = [t for t in trials(BY_THE_MONITOR, "--here") if t.faults[0] not in BELIEVED]
    found = wrong(run_all(tried), broken_promises)
    assert not found, "\n\n".join(found)


def promises_of_a_launch(outcome):
    """The task makes the other calls; the launch itself reports why there is no task, or that it no
    longer follows one."""
    if outcome.code == 0:
        return broken_promises(outcome)
    lines = outcome.done.err.strip().splitlines()
    said = any(words in lines[-1] for words in ("nothing was sent", "nothing runs", "started all the same", "no longer watching"))
    return [] if said and lines[-1].startswith("snow-white: ") else ["no clear line"]


def test_by_a_task():
    found = wrong(run_all(list(trials(BY_A_LAUNCH, "--wait"))), promises_of_a_launch)
    assert not found, "\n\n".join(found)
