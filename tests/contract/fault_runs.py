"""Many runs of the program, each under faults of its own, several at a time: they wait much more than they compute.

In: a Trial (faults, flags). Out: what came of it, held to the promises that no fault may break: it ends, by a documented
exit code; it says so once on the terminal and, when Slack answers, once there; at most one action command took effect;
and it said "done" only if the workers are as asked.
"""

import concurrent.futures
import dataclasses
import queue

from operator_at_work import states
from programs import Running, at_the_prompt
from sandbox_process import PROGRAM, SandboxProcess

AT_A_TIME = 16
ENVIRONMENTS = 40  # of each sandbox, one for each trial
PATIENCE = 100  # seconds; nothing here may take that long
EXIT_CODES = {0, 1, 3, 4, 5, 6, 7, 8, 9}  # docs/operations.md; 2 and 70 would be ours


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
    done: object        # a Finished
    commands: int       # action commands that took effect
    messages: list      # Slack's
    states: set         # of the workers, when it had ended

    @property
    def code(self):
        return self.done.code

    def __str__(self):
        return (f"=== {self.trial}: {self.commands} commands, workers {sorted(self.states)}, Slack {self.messages}\n"
                f"{self.done!r}")


class Ground:
    """A sandbox with a fleet for each of many trials, one after the other."""

    def __init__(self, number, drain):
        wanted = [word for i in range(ENVIRONMENTS) for word in ("--environment", f"acme-trial-{i:02}=2")]
        self.sandbox = SandboxProcess(f"faults-{number}", *wanted, "--simulated", "--drain", drain).start()
        self.free = list(range(ENVIRONMENTS))

    def run(self, trial):
        sandbox, name = self.sandbox, f"acme-trial-{self.free.pop():02}"
        requests, messages = len(sandbox.look("requests")), len(sandbox.look("slack"))
        webhook = {"SLACK_WEBHOOK": sandbox.url + "/services/T0SANDBOX/B0SANDBOX/secret", "NOTIFY_SLACK_CHANNEL": "#deploys"}
        sandbox.post("faults", trial.faults)
        # bob has no Slack user: one message at the start, one at the end, both to the channel.
        words = ["-a", "quiet", "-e", name, "-f", "bob", "-p", "acme", "-r", "us-east-1", *trial.flags]
        done = Running([PROGRAM, *words], at_the_prompt(sandbox, **webhook | trial.environment)).wait(PATIENCE)
        sandbox.post("faults", [])
        sent = [r for r in sandbox.look("requests")[requests:]
                if r["action"] == "SendCommand" and "QuietSideKiq" in r["body"] and name in r["body"]]
        took_effect = [r for r in sent if r["status"] == 200 or r["fault"] == "server-error-after"]
        return Outcome(trial, done, len(took_effect), [m["text"] for m in sandbox.look("slack")[messages:] if name in m["text"]],
                       states(sandbox, name))


def run_all(trials, drain="1s"):
    """The outcomes, in the order of the trials."""
    at_a_time = min(AT_A_TIME, len(trials))
    grounds = queue.SimpleQueue()
    made = []

    def run(trial):
        ground = grounds.get()
        try:
            if not ground.free:
                raise AssertionError("wanted fewer trials, or more environments")
            return ground.run(trial)
        finally:
            grounds.put(ground)

    try:
        for number in range(at_a_time):
            made.append(Ground(number, drain))
            grounds.put(made[-1])
        with concurrent.futures.ThreadPoolExecutor(at_a_time) as pool:
            return list(pool.map(run, trials))
    finally:
        for ground in made:
            ground.sandbox.stop()


def broken_promises(outcome):
    """What no fault excuses, as words; nothing when all is well."""
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
