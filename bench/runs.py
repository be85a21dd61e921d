"""One whole quiet on a sandbox of its own, measured from outside: calls, bytes, cost and time to
the report.

The parts of which bench/quiet is made. Relays count bytes and connections, the operating system
measures memory and CPU, and SSM's answers say when the last worker's script ended."""

import dataclasses
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/contract"))
from clients import make_client  # noqa: E402
from relays import Relays  # noqa: E402
from sandbox_process import SandboxProcess  # noqa: E402

PROGRAM = ROOT / "build/release/bin/snow-white"
OURS, SCRIPT = "snow-white --here", "AWS CLI script"
COMMANDS = {OURS: [str(PROGRAM), "-a", "quiet", "-e", "workers", "-f", "staging", "-p", "acme", "-r", "us-east-1", "--here"],
            SCRIPT: ["sh", str(ROOT / "tests/contract/cli_quiet.sh"), "acme", "workers"]}


@dataclasses.dataclass
class Run:
    calls: dict  # action -> count, including refused calls
    refused: int
    # consecutive answers awaited up to SendCommand's, itself included; 0: not measurable
    rounds: int
    bytes: int
    connections: dict  # service -> count
    memory: float  # MiB, the largest process
    cpu: float  # seconds, all processes
    to_report: float  # seconds from the end of the last worker's script to the program's end
    wall: float
    output: str

    @property
    def total(self):
        return sum(self.calls.values())


def variables(program):
    return {"PATH": f"{ROOT / 'build/venv/bin'}:{os.environ['PATH']}"} if program == SCRIPT else {}


def seconds(text):
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone + float(text[19:].rstrip("Z") or 0)


def measure(command, environment, output):
    """Exit code, peak memory in MiB of the largest process, CPU seconds of all, to the microsecond.
    GNU time measures the memory: a child of this process would begin with this one's peak."""
    usage = output.with_suffix(".usage")
    with open(output, "w") as out:
        process = subprocess.Popen(["/usr/bin/time", "-q", "-o", usage, "-f", "%M", *command], env=environment, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, int(usage.read_text()) / 1024, used.ru_utime + used.ru_stime


def rounds_to(timeline, action, pause):
    """How many round trips: a call that comes a whole pause after the first of a round waited for
    that round's answer."""
    rounds, begun = 0, None
    for call in sorted(timeline, key=lambda one: one["at"]):
        if begun is None or seconds(call["at"]) >= begun + pause * 0.97:
            rounds, begun = rounds + 1, seconds(call["at"])
        if call["action"] == action:
            return rounds
    raise AssertionError(f"wanted {action} among the calls; seen {len(timeline)} others")


def last_end(sandbox):
    """When the action's command had ended on the last instance, as SSM answers it (seconds,
    UTC)."""
    ssm = make_client(sandbox, "ssm")
    command = [c for c in ssm.list_commands()["Commands"] if "QuietSideKiq" in c["DocumentName"]][0]["CommandId"]
    pages = ssm.get_paginator("list_command_invocations").paginate(CommandId=command, Details=True)
    return max(plugin["ResponseFinishDateTime"].timestamp() for page in pages for invocation in page["CommandInvocations"]
               for plugin in invocation["CommandPlugins"])


def instructions_a_call():
    """Instructions in user space, as callgrind counts them: what a longer drain of 50 took more,
    for each further call."""
    counted, calls = [], []
    for drain in ("8s", "40s"):
        sandbox = SandboxProcess(f"bench-instructions-{drain}", "--environment", "acme-workers=50", "--simulated", "--drain", drain).start()
        try:
            printed = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *COMMANDS[OURS]], check=True,
                                  env=sandbox.environment(), capture_output=True, text=True).stderr
            calls.append(sandbox.look("stats")["total"])
        finally:
            sandbox.stop()
        counted.append(int(re.search(r"Collected : (\d+)", printed)[1]))
    return (counted[1] - counted[0]) / (calls[1] - calls[0])


def quiet(name, program, sizes, drain, faults=(), pause=0):
    """`sizes`: how many instances each environment has. `pause`: seconds before each answer."""
    faults = [*faults, *([f"aws:*=slow,for={int(pause * 1000)}ms"] if pause else [])]
    environments = [word for i, size in enumerate(sizes) for word in ("--environment", f"acme-workers{i or ''}={size}")]
    rules = [word for fault in faults for word in ("--fault", fault)]
    sandbox = SandboxProcess(f"bench-{name}", *environments, "--simulated", "--relayed", "--drain", drain, *rules).start()
    output = sandbox.log.with_suffix(".out")
    try:
        with Relays(sandbox.url) as relays:
            begun = time.time()
            code, memory, cpu = measure(COMMANDS[program], sandbox.environment(**relays.environment, **variables(program)), output)
            ended = time.time()
        stats = sandbox.look("stats")
        sandbox.post("faults", [])
        to_report = ended - last_end(sandbox) if code == 0 else float("nan")
    finally:
        sandbox.stop()
    if code != 0:
        raise SystemExit(f"bench: wanted {program} to end with 0 on {sizes}; seen: {code}. {output.read_text()} {sandbox.where()}")
    timeline = stats["timeline"]
    return Run(calls={action: count for of in stats["calls"].values() for action, count in of.items()},
               refused=sum(stats["errors"].values()),
               rounds=rounds_to(timeline, "SendCommand", pause) if pause and not stats["errors"] else 0,
               bytes=sum(relays.bytes.values()),
               connections=dict(relays.connections), memory=memory, cpu=cpu, to_report=to_report, wall=ended - begun,
               output=output.read_text())


# Starts as in the container, configured by the environment alone, so that no profile has to exist.
STARTS = {OURS: ([str(PROGRAM)], {"WORKER_ACTION": "quiet", "EB_APP_NAME": "acme", "AWS_REGION": "us-east-1"}),
          SCRIPT: (["aws", "ssm", "list-commands"], {"PATH": f"{ROOT / 'build/venv/bin'}:{os.environ['PATH']}"})}


def first_byte(program, scheme="http", *before):
    """Seconds from the start of the process to the first byte at a socket that never answers; with
    https that is the TLS handshake's. `before`: a command that runs the program. Also returns what
    that command wrote to standard error."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}"
        keys = {"AWS_ACCESS_KEY_ID": "AKIABENCH", "AWS_SECRET_ACCESS_KEY": "none", "AWS_ENDPOINT_URL": url,
                "AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"}
        command, more = STARTS[program]
        begun = time.perf_counter()
        process = subprocess.Popen([*before, *command], env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | keys | more,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        connection, _ = server.accept()
        connection.recv(1)
        taken = time.perf_counter() - begun
        process.send_signal(signal.SIGTERM if before else signal.SIGKILL)
        connection.close()
        return taken, process.communicate(timeout=120)[1]


def instructions(program):
    """Millions of instructions in user space, as callgrind counts them, from a start to its first
    byte, with the end by SIGTERM."""
    with tempfile.TemporaryDirectory() as folder:
        printed = first_byte(program, "http", "valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/%p")[1]
    return max(int(number) for number in re.findall(r"Collected : (\d+)", printed)) / 1e6
