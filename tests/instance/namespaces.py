"""A process and mount namespace for tests of the script: nothing else of this machine is visible in
it, and it has no systemd. Needs root."""

import os
import pathlib
import shlex
import subprocess
import time

from booted import SCRIPT, Said, wait_for

HERE = pathlib.Path(__file__).resolve().parent


class Namespace:
    """A shell that is the first process of a namespace; everything in it ends with the shell."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder
        self.script = SCRIPT
        self.signals = folder / "signals"
        self.signals.touch()
        self.shell = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "sh", "-c",
             f"mount -t tmpfs none /run; mount -t tmpfs none /var/lib; : >{shlex.quote(str(folder))}/ready; read never"],
            stdin=subprocess.PIPE)
        wait_for("the namespace", (folder / "ready").exists, 10)
        number = self.shell.pid
        self.first = pathlib.Path(f"/proc/{number}/task/{number}/children").read_text().split()[0]

    def begin(self, *command, variables=None, **options):
        environment = {**os.environ, **(variables or {}), "SIGNALS": str(self.signals), "UPSTART": str(self.folder),
                       "CALLS": str(self.folder / "calls.systemctl"), "IMITATION": str(HERE / "imitation")}
        return subprocess.Popen(["nsenter", "-t", self.first, "-p", "-m", "--", *map(str, command)], text=True,
                                env=environment, **options)

    def imitate(self, *arguments):
        self.begin(HERE / "imitation", *arguments)
        time.sleep(0.3)

    def change_script(self, old, new):
        text = self.script.read_text()
        assert old in text
        self.script = self.folder / "snow-white-instance.sh"
        self.script.write_text(text.replace(old, new))

    def run(self, action, shell=None):
        """The script as in the documents; or on standard input of the named shell, which keeps it
        in that shell."""
        command = ["sh", self.script, action] if not shell else [*shell.split(), "-s", action]
        done = self.begin(*command, stdin=open(self.script) if shell else subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = Said(*done.communicate(timeout=90))._with(action)
        expected = 0 if action == "status" else Said.CODES[said.outcome]
        assert done.returncode == expected, f"exit code {done.returncode} with {said.line}"
        return said

    def end(self):
        self.shell.kill()
        self.shell.wait()
