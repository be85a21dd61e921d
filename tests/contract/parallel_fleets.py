"""Many runs of the program in parallel, each on a fleet of its own: they wait much more than they
compute.

In: a function for each item, which gets a Fleet. Out: the results, in the order of the items. A
SharedSandbox is a sandbox with many environments; a Fleet is one of them, and what happened to
it."""

import concurrent.futures
import queue

from operator_flags import states
from programs import Running, at_the_prompt
from sandbox_process import PROGRAM, SandboxProcess

AT_A_TIME = 16
ENVIRONMENTS = 40  # per sandbox: so many items one after the other


class Fleet:
    def __init__(self, sandbox, name):
        self.sandbox, self.name = sandbox, name
        self.webhook = sandbox.url + "/services/T0SANDBOX/B0SANDBOX/secret"

    def start(self, *more, action="quiet", **environment):
        """The program on this fleet. bob has no Slack user: each message goes to the channel
        only."""
        words = ["-a", action, "-e", self.name, "-f", "bob", "-p", "acme", "-r", "us-east-1", *more]
        slack = {"SLACK_WEBHOOK": self.webhook, "NOTIFY_SLACK_CHANNEL": "#deploys"}
        return Running([PROGRAM, *words], at_the_prompt(self.sandbox, **slack | environment))

    def commands(self, document="QuietSideKiq"):
        """The commands of that document that took effect here, as they were requested."""
        return [r for r in self.sandbox.look("requests")
                if r["action"] == "SendCommand" and document in r["body"] and self.name in r["body"]
                and (r["status"] == 200 or r["fault"] == "server-error-after")]

    def messages(self):
        """Slack's messages of the runs on this fleet: [{"at", "text", …}]."""
        return [m for m in self.sandbox.look("slack") if self.name in m["text"]]

    def states(self):
        return states(self.sandbox, self.name)

    def instances(self):
        [found] = [e for e in self.sandbox.look("fleet")["environments"] if e["name"] == self.name]
        return [i["id"] for i in found["instances"]]

    def happens(self, what, *ids):
        """To instances of this fleet: terminate, stop, start, reboot, lose-agent, restore-agent;
        launch takes a count."""
        self.sandbox.post("instances", {"do": "launch", "environment": self.name, "count": ids[0]} if what == "launch"
                          else {"do": what, "instances": ids})


class SharedSandbox:
    def __init__(self, name, drain):
        wanted = [word for i in range(ENVIRONMENTS) for word in ("--environment", f"acme-trial-{i:02}=2")]
        self.sandbox = SandboxProcess(name, *wanted, "--simulated", "--relayed", "--drain", drain).start()
        self.free = [f"acme-trial-{i:02}" for i in range(ENVIRONMENTS)]

    def fleet(self):
        assert self.free, "wanted fewer items, or more environments"
        return Fleet(self.sandbox, self.free.pop())


def run_in_parallel(items, work, name, drain="1s"):
    """[work(fleet, item) for item in items], many in parallel, each sandbox one at a time."""
    free, made = queue.SimpleQueue(), []

    def on_a_free_one(item):
        shared_sandbox = free.get()
        try:
            return work(shared_sandbox.fleet(), item)
        finally:
            free.put(shared_sandbox)

    try:
        for number in range(min(AT_A_TIME, len(items))):
            made.append(SharedSandbox(f"{name}-{number}", drain))
            free.put(made[-1])
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            return list(pool.map(on_a_free_one, items))
    finally:
        for shared_sandbox in made:
            shared_sandbox.sandbox.stop()


def outcomes_of(scenarios, name, drain):
    """Runs functions of a Fleet, all in parallel: {scenario: what it raised, or None}."""
    def tried(fleet, scenario):
        try:
            scenario(fleet)
        except AssertionError as failure:
            return failure
        return None

    return dict(zip(scenarios, run_in_parallel(scenarios, tried, name, drain)))
