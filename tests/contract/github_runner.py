"""A small GitHub Actions runner: runs the steps of a composite action, and the jobs of a workflow,
in bash.

In: action.yml or a workflow's YAML, the inputs, the job's environment. Out: what each step printed,
its exit code, outputs and summary. It understands only what our files use: anything else in an
expression is an error."""

import os
import pathlib
import re
import signal
import subprocess
import time
from types import SimpleNamespace

import yaml

from clients import make_client
from sandbox_process import ROOT

ACTION = ROOT / "action"
TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|!|\(|\)|(?:always|success|failure|cancelled)\(\)|[A-Za-z_][\w-]*(?:\.[\w-]+)+)")
PYTHON = {"&&": " and ", "||": " or ", "!": " not "}


def evaluate(expression, contexts, status=None):
    """An expression of GitHub's language, without its ${{ }}."""
    status, python, at = status or {}, "", 0
    while at < len(expression.rstrip()):
        found = TOKEN.match(expression, at)
        assert found, f"no expression that this runner knows: {expression[at:]!r}"
        word, at = found[1], found.end()
        if word.startswith("'"):
            python += repr(word[1:-1].replace("''", "'"))
        elif word.endswith("()"):
            python += repr(status[word[:-2]])
        elif "." in word:
            python += repr(value_of(word.split("."), contexts))
        else:
            python += PYTHON.get(word, word)
    return eval(python, {"__builtins__": {}})  # made of literals and operators only


def value_of(path, contexts):
    value = contexts[path[0]]
    for name in path[1:]:
        value = value.get(name, "")
        if value == "":
            return ""
    return value


def resolve(text, contexts):
    """A value of the YAML with its expressions filled in, as text."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda m: as_text(evaluate(m[1].strip(), contexts)), as_text(text))


def as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


class Step(SimpleNamespace):
    """code, out (both outputs as one), outputs, summary."""

    @property
    def commands(self):
        """The workflow commands that the runner obeys in its output, as (name, text)."""
        found, fence = [], None
        for line in self.out.splitlines():
            if fence:
                fence = None if line == f"::{fence}::" else fence
            elif command := re.match(r"\s*::([a-z-]+)(?: [^:]*)?::(.*)", line):
                found.append((command[1], command[2]))
                fence = command[2] if command[1] == "stop-commands" else None
        return found

    @property
    def masks(self):
        return {text for name, text in self.commands if name == "add-mask"}


def read_outputs(path):
    lines = path.read_text().splitlines()
    assert all(re.match(r"[a-z]+=", line) for line in lines), f"an output of more than a line: {lines}"
    return dict(line.split("=", 1) for line in lines)


# In a mount namespace of its own, which ends with the step: the same paths exist, and nothing else
# of this machine.
IN_ROOT = """root=$1; shift; mount -t tmpfs tmpfs "$root/tmp"
while [ "$1" != -- ]; do mkdir -p "$root$1"; mount --bind "$1" "$root$1"; shift; done; shift
mount -t proc proc "$root/proc"; mount --bind /dev "$root/dev"; exec /usr/sbin/chroot "$root" "$@\""""


def in_root(root, *folders):
    return ["unshare", "--mount", "sh", "-ec", IN_ROOT, "sh", root, *folders, "--"]


def bash(script, environment, folder, until=None, root=None):
    """A `run` step, in bash as the runner calls it. until(process, log) may end it. root: a folder
    with another file system."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")}
    for path in paths.values():
        path.write_text("")
    temporary = folder / "temporary"
    temporary.mkdir()
    (folder / "script.sh").write_text(script)
    with open(folder / "log", "w") as log:
        there = in_root(root, ROOT, folder.parent, pathlib.Path(environment["AWS_CONFIG_FILE"]).parent) if root else []
        process = subprocess.Popen([*there, "/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", folder / "script.sh"], cwd=folder,
                                   env=environment | {k: str(v) for k, v in paths.items()} | {"RUNNER_TEMP": str(temporary)},
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                                   preexec_fn=heed_interrupts)
    if until:
        until(process, folder / "log")
    try:
        code = process.wait(100)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(f"wanted the step to end, seen: {(folder / 'log').read_text()[-3000:]}") from None
    return Step(code=code, out=(folder / "log").read_text(), outputs=read_outputs(paths["GITHUB_OUTPUT"]),
                summary=paths["GITHUB_STEP_SUMMARY"].read_text(), temporary=temporary)


def heed_interrupts():
    """Restores the signals' defaults, as under the runner. What a shell starts in the background
    ignores them, and these tests may be started so; bash cannot trap what was ignored when it
    began."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def when_said(text, then, seconds=30):
    """For `until`: true once the log has that text."""
    def watch(process, log):
        deadline = time.monotonic() + seconds
        while text not in log.read_text():
            assert time.monotonic() < deadline and process.poll() is None, f"wanted {text!r}, seen: {log.read_text()}"
            time.sleep(0.1)
        then(process)
    return watch


class Run(SimpleNamespace):
    """Of an action: code, outputs, steps by id, and the last step that ran."""

    def __repr__(self):
        return f"exit code {self.code}\n{self.last.out[-3000:]}\n--- summary\n{self.last.summary[-3000:]}"


def run_action(given, environment, folder, assume=None, github=None, until=None, root=None):
    """The steps of our action. assume(with) stands in for the action that assumes a role: it
    returns that step's outputs."""
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    unknown = given.keys() - action["inputs"].keys()
    assert not unknown, f"no inputs of the action: {unknown}"
    contexts = {"inputs": {name: given.get(name, spec.get("default", "")) for name, spec in action["inputs"].items()},
                "github": {"action_path": str(ACTION), "repository": "acme/shop", "run_id": "4711", "action_repository": "snow/white",
                           "server_url": "https://github.example"} | (github or {}), "steps": {}}
    done = {}
    for step in action["runs"]["steps"]:
        if not evaluate(step.get("if", "always()"), contexts, {"always": True}):
            continue
        if "uses" in step:
            assert assume, f"{step['uses']}: nothing stands in for it"
            contexts["steps"][step["id"]] = {"outputs": assume({k: resolve(v, contexts) for k, v in step["with"].items()})}
            continue
        assert step["shell"] == "bash" and "${{" not in step["run"]
        variables = {k: resolve(v, contexts) for k, v in step["env"].items()}
        last = done[step["id"]] = bash(step["run"], environment | variables, folder / step["id"],
                                       until if step["id"] == "run" else None, root)
        contexts["steps"][step["id"]] = {"outputs": last.outputs}
        if last.code:
            break
    outputs = {name: resolve(spec["value"], contexts) for name, spec in action["outputs"].items()}
    return Run(code=last.code, outputs=outputs, steps=done, last=last, out=last.out, summary=last.summary)


def keys_of_role(sandbox, arn):
    """The outputs of aws-actions/configure-aws-credentials; alice's keys stand in for GitHub's
    token."""
    files = open(sandbox.exports["AWS_SHARED_CREDENTIALS_FILE"]).read()
    keys = dict(re.findall(r"(\w+) = (\S+)", files.partition("[staging]")[2].partition("[")[0]))
    given = make_client(sandbox, "sts", **keys).assume_role(RoleArn=arn, RoleSessionName="github")["Credentials"]
    return {"aws-access-key-id": given["AccessKeyId"], "aws-secret-access-key": given["SecretAccessKey"],
            "aws-session-token": given["SessionToken"]}


STATUS = re.compile(r"(always|success|failure|cancelled)\(\)")


def goes_on(condition, contexts, results):
    """A job's or a step's `if`; without a status function it requires the success of all before
    it."""
    condition = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", str(condition).strip()).strip()
    success = all(result == "success" for result in results)
    status = {"always": True, "cancelled": False, "success": success, "failure": "failure" in results}
    return bool(evaluate(condition, contexts, status)) and (success or bool(STATUS.search(condition)))


def run_workflow(workflow, event, inputs, variables, environment, folder, uses):
    """The jobs of a workflow, one after the other in the file's order. uses: {beginning of an
    action's name: what runs it}. Returns {job: its result}, the output of all steps, all
    summaries."""
    contexts = {"github": {"event_name": event, "sha": "0a1b2c3"}, "inputs": inputs, "vars": variables, "needs": {}}
    environment = environment | {k: resolve(v, contexts) for k, v in workflow.get("env", {}).items()}
    said, summary = "", ""
    for name, job in workflow["jobs"].items():
        needed = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        there = contexts | {"needs": {need: contexts["needs"][need] for need in needed}, "steps": {}}
        if not goes_on(job.get("if", "success()"), there, [contexts["needs"][need]["result"] for need in needed]):
            contexts["needs"][name] = {"result": "skipped", "outputs": {}}
            continue
        results = []
        for number, step in enumerate(job["steps"]):
            if not goes_on(step.get("if", "success()"), there, results):
                continue
            here = environment | {k: resolve(v, there) for k, v in step.get("env", {}).items()}
            if "uses" in step:
                [run] = [run for beginning, run in uses.items() if step["uses"].startswith(beginning)]
                done = run({k: resolve(v, there) for k, v in step.get("with", {}).items()}, here, folder / f"{name}-{number}")
            else:
                done = bash(resolve(step["run"], there), here, folder / f"{name}-{number}")
            results.append("success" if done.code == 0 else "failure")
            if "id" in step:
                there["steps"][step["id"]] = {"outputs": done.outputs}
            said += done.out
            summary += done.summary
        contexts["needs"][name] = {"result": "failure" if "failure" in results else "success",
                                   "outputs": {k: resolve(v, there) for k, v in job.get("outputs", {}).items()}}
    return SimpleNamespace(results={name: job["result"] for name, job in contexts["needs"].items()}, out=said, summary=summary)
