"""The documents' steps as the real amazon-ssm-agent runs them, from its folder of local commands
(its offline mode).

Runs when AMAZON_SSM_AGENT names a folder with amazon-ssm-agent, ssm-agent-worker and
ssm-document-worker, as `make` of the agent's repository builds them (its packages core, agent and
agent/framework/processor/executer/outofproc/worker). Differences from an instance of AWS: the
agent's own calls go to a server on loopback and are all answered with an empty object, since
without an answer it would hibernate and not look into that folder. A command that is cancelled
comes by GetMessages instead, as the cancel does: one of that folder cannot be cancelled. The agent
uses no other address: the documents carry the script."""

import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import uuid

import pytest

from booted import CHECKOUT, together, wait_for

sys.path.append(str(CHECKOUT / "tests/contract"))
from stack_template import template  # noqa: E402

AGENT = os.environ.get("AMAZON_SSM_AGENT")
DATA = "/var/lib/amazon/ssm"
INSTANCE = {"InstanceID": "i-0123456789abcdef0", "Region": "us-east-1", "AvailabilityZone": "us-east-1a",
            "InstanceType": "t3.small", "CredentialsProvider": "SharedCredentials"}
# Folder, KillMode and Restart are those of the agent's package; its 90 s between two starts are
# left out, because waiting for them would show nothing.
UNIT = ("[Service]\nExecStart=/usr/bin/amazon-ssm-agent\nWorkingDirectory=/usr/bin/\n"
        "Environment=AWS_EC2_METADATA_DISABLED=true\nKillMode=process\nRestart=always\nRestartSec=3\n")


def on_an_instance(test):
    return together("sidekiq")(test) if AGENT else pytest.mark.skip("AMAZON_SSM_AGENT names no folder with an agent")(test)


class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = self.headers.get("X-Amz-Target", "").split(".")[-1]
        messages = self.server.messages
        if call == "SendReply":
            self.server.statuses.append(json.loads(json.loads(body)["Payload"])["documentStatus"])
        if call != "GetMessages" or not messages:
            return self.answer(b"{}")
        self.answer(json.dumps({"Destination": INSTANCE["InstanceID"], "Messages": [messages.pop(0)]}).encode())

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Agent:
    def __init__(self, place):
        self.place = place
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        self.server.messages, self.server.statuses = [], []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.install()

    @property
    def root(self):
        return pathlib.Path(f"/proc/{self.place.leader}/root")

    def install(self):
        place = self.place
        for program in ("amazon-ssm-agent", "ssm-agent-worker", "ssm-document-worker"):
            shutil.copy(pathlib.Path(AGENT, program), self.root / "usr/bin")
        place.write("/etc/amazon/ssm/amazon-ssm-agent.json", json.dumps({
            "Ssm": {"Endpoint": self.url}, "Mds": {"Endpoint": self.url}, "Mgs": {"Endpoint": self.url},
            "Agent": {"Region": INSTANCE["Region"]},
            "Identity": {"ConsumptionOrder": ["CustomIdentity"], "CustomIdentities": [INSTANCE]}}))
        place.write("/root/.aws/credentials", "[default]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=x\n")
        place.write("/etc/systemd/system/agent.service", UNIT)
        place.sh("systemctl daemon-reload; systemctl start agent")

    def tell(self, topic, payload):
        """Puts a message as the service sends it to the agent (its package agent/messageservice).
        -> its command's ID."""
        command, me = str(uuid.uuid4()), INSTANCE["InstanceID"]
        self.server.messages.append({
            "MessageId": f"aws.ssm.{command}.{me}", "Destination": me, "Topic": f"aws.ssm.{topic}.test",
            "CreatedDate": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()), "Payload": json.dumps(payload)})
        return command

    def send(self, name):
        return self.tell("sendCommand", {
            "DocumentName": name, "DocumentContent": self.document(name), "Parameters": {},
            "CommandId": str(uuid.uuid4()), "CloudWatchOutputEnabled": "false"})

    def cancel(self, command):
        self.tell("cancelCommand", {"CancelMessageId": f"aws.ssm.{command}.{INSTANCE['InstanceID']}"})

    def lose_power(self):
        """A power cut: files stay, processes do not."""
        kept = self.place.log.with_suffix(".kept")
        subprocess.run(["cp", "-a", self.root / DATA.lstrip("/"), kept], check=True)
        self.place.reboot()
        folder = self.root / DATA.lstrip("/")
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", kept, folder], check=True)
        self.install()

    def document(self, name, sha256=None):
        """The document as the stack creates it; with another hash, if one is given."""
        whole = template()
        stamped = whole["Mappings"]["Scripts"]["Stamped"]
        content = whole["Resources"][name]["Properties"]["Content"]
        # the first step downloads the script, where the stack says so
        _, workers = content["mainSteps"]
        *_, run = workers["inputs"]["runCommand"]
        unpack = re.sub("^sha256=[0-9a-f]+", f"sha256={sha256}", stamped["Unpack"]) if sha256 else stamped["Unpack"]
        workers["inputs"]["runCommand"] = [unpack, stamped["Check"], run]
        content["mainSteps"] = [workers]
        return content

    def completed(self):
        folder = self.root / DATA.lstrip("/") / "localcommands/completed"
        return {file.name for file in folder.glob("*")
                if json.loads(file.read_text() or "{}").get("documentStatus") not in (None, "InProgress")}

    def run(self, name, sha256=None, meanwhile=lambda: None):
        """-> its last step's standard output and error."""
        before = self.completed()
        self.place.write(f"{DATA}/localcommands/{name}.json", json.dumps(self.document(name, sha256)))
        meanwhile()
        (command,) = wait_for(f"{name} by the agent", lambda: self.completed() - before, 120)
        step = f"{DATA}/{INSTANCE['InstanceID']}/document/orchestration/{command}/awsrunShellScript/workers"
        return [(self.root / f"{step}/{stream}".lstrip("/")).read_text() for stream in ("stdout", "stderr")]


@pytest.mark.parametrize("shell", ["dash", "bash"])  # Debian's sh, and Amazon Linux's
@on_an_instance
def test_each_document_runs_under_the_real_agent(place, shell):
    place.sh(f"ln -sf {shell} /bin/sh")
    place.wait_until_up()
    agent = Agent(place)
    for name, state in (("QuietSideKiqDocument", "idle"), ("WakeSideKiqDocument", "running"),
                        ("StopSideKiqDocument", "stopped"), ("StatusSideKiqDocument", "stopped"),
                        ("WakeSideKiqDocument", "running")):
        output, error = agent.run(name)
        line = json.loads(output)
        assert (line["outcome"], [w["state"] for w in line["workers"]], error) == ("done", [state], ""), output
    output, error = agent.run("QuietSideKiqDocument", sha256="0" * 64)
    assert output == "" and "nothing was run" in error
    assert [w["state"] for w in place.workers()] == ["running"]
    # Each of the six commands unpacked the script into its own folder, and nowhere else. /root has
    # the folder of place.workers().
    scripts = place.sh("find / -xdev -name snow-white-instance.sh ! -path '/root/*'").stdout.split()
    own = f"{DATA}/{INSTANCE['InstanceID']}/document/orchestration/[0-9a-f-]*/workers/snow-white-instance.sh"
    assert len(scripts) == 6 and all(re.fullmatch(own, script) for script in scripts), scripts
    folders = " ".join(os.path.dirname(script) for script in scripts)
    assert set(place.sh(f"stat -c '%U %a' {folders}").stdout.splitlines()) == {"root 700"}
    asked = place.sh("grep -oE 'https?://[^/\\\" ]+' /var/log/amazon/ssm/amazon-ssm-agent.log").stdout.split()
    assert {address.split("//")[1] for address in asked} == {agent.url.split("//")[1]}, asked
    agent.server.shutdown()


def when_quiet(place, act):
    """-> a function that acts while the agent runs a quiet."""
    def do():
        wait_for("it to be quiet", lambda: [w["state"] for w in place.workers()] == ["quiet"], 60)
        act()
    return do


@on_an_instance
def test_a_cancel_ends_the_script_and_leaves_the_worker_quiet(place):
    place.wait_until_up()
    agent = Agent(place)
    job = place.enqueue(900)
    wait_for("the job to start", lambda: place.started(job), 10)
    command = agent.send("QuietSideKiqDocument")
    wait_for("it to be quiet", lambda: [w["state"] for w in place.workers()] == ["quiet"], 60)
    agent.cancel(command)
    wait_for("the agent's reply", lambda: "Cancelled" in agent.server.statuses, 30)
    assert place.sh("pgrep -f '[s]now-white-instance.sh'; pgrep -x sleep").stdout == ""
    assert [w["state"] for w in place.workers()] == ["quiet"]
    assert place.started(job) == 1 and not place.done(job)
    output, _ = agent.run("StatusSideKiqDocument")
    assert json.loads(output)["workers"][0]["state"] == "quiet"
    agent.server.shutdown()


@on_an_instance
def test_a_power_cut_ends_a_quiet_without_a_line(place):
    """The agent does not run it again, and reports it as ended: its report has no line of ours,
    so that the run does not take it for quiet. The workers start awake, and the next quiet finds
    them."""
    place.wait_until_up()
    agent = Agent(place)
    output, _ = agent.run("QuietSideKiqDocument", meanwhile=when_quiet(place, agent.lose_power))
    assert output == "" and [w["state"] for w in place.workers()] == ["running"]
    output, error = agent.run("QuietSideKiqDocument")
    line = json.loads(output)
    assert (line["outcome"], [w["state"] for w in line["workers"]], error) == ("done", ["idle"], ""), output
    agent.server.shutdown()


def survives(place, order):
    """The script continues beside the new agent, which adopts it and reports its output. It runs
    once."""
    place.wait_until_up()
    agent = Agent(place)
    job = place.enqueue(30)
    wait_for("the job to start", lambda: place.started(job), 10)
    running = "pgrep -f '[s]now-white-instance.sh quiet'"

    def restart():
        before = place.sh(running).stdout
        place.sh(order)
        wait_for("the new agent", lambda: place.sh("pgrep -c ssm-agent-worke").stdout.strip() == "1", 20)
        assert before and place.sh(running).stdout == before, "the script was ended, or begun again"

    output, error = agent.run("QuietSideKiqDocument", meanwhile=when_quiet(place, restart))
    line = json.loads(output)
    assert (line["outcome"], [w["state"] for w in line["workers"]], error) == ("done", ["idle"], ""), output
    assert (place.started(job), place.done(job)) == (1, 1)
    agent.server.shutdown()


@on_an_instance
def test_quiet_survives_the_agents_restart(place):
    survives(place, "systemctl restart agent")


@on_an_instance
def test_quiet_survives_the_agents_crash(place):
    survives(place, "systemctl kill --kill-who=main -s KILL agent")
