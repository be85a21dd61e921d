"""Runs of the program under faults, with the promises that hold under any fault: it ends, with a
documented exit code; it reports once on the terminal and, when Slack answers, once there; at most
one action command took effect; and it said "done" only if the workers are as asked."""

import dataclasses

from parallel_fleets import run_in_parallel

PATIENCE = 100  # seconds; no run may take that long
EXIT_CODES = {0, 1, 3, 4, 5, 6, 7, 8, 9}  # docs/operations.md; 2 and 70 would be bugs


@dataclasses.dataclass
class Trial:
    faults: list
    flags: tuple = ("--here",)
    environment: dict = dataclasses.field(default_factory=dict)

    def __str__(self):
        return " ".join([*self.faults, *self.flags])


@dataclasses.dataclass
class Outcome:
    trial: Trial
    done: object   # a Finished
    commands: int  # action commands that took effect
    messages: list # Slack's
    states: set    # of the workers, when the run had ended

    @property
    def code(self):
        return self.done.code

    def __str__(self):
        return (f"=== {self.trial}: {self.commands} commands, workers {sorted(self.states)}, Slack {self.messages}\n"
                f"{self.done!r}")


def attempt(fleet, trial):
    fleet.sandbox.post("faults", trial.faults)
    done = fleet.start(*trial.flags, **trial.environment).wait(PATIENCE)
    fleet.sandbox.post("faults", [])
    return Outcome(trial, done, len(fleet.commands()), [m["text"] for m in fleet.messages()], fleet.states())


def run_all(trials, drain="1s"):
    """The outcomes, in the order of the trials."""
    return run_in_parallel(trials, attempt, "faults", drain)


def broken_promises(outcome):
    """Broken promises that no fault excuses, as text; empty when there are none."""
    done, wrong = outcome.done, []
    if done.code not in EXIT_CODES:
        wrong.append(f"exit code {done.code}")
    if outcome.commands > 1:
        wrong.append(f"{outcome.commands} commands for one fleet")
    if done.code == 0 and not outcome.states <= {"idle", "stopped"}:
        wrong.append("it said done while workers were not")
    if done.code == 0 and " QUIET: " not in done.out:
        wrong.append("no headline")
    if done.code != 0 and "NOT QUIET: " not in done.text:
        wrong.append("no clear line")
    slack_is_well = not any(fault.startswith(("slack:", "*:")) for fault in outcome.trial.faults)
    if slack_is_well and not outcome.messages:
        wrong.append("no word to Slack")
    return wrong
