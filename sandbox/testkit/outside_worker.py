"""A worker of the same application that is on no instance of any environment, as a console machine
or a forgotten Auto Scaling group has one: a booted root of its own, on the same Redis.

In: its host name, Redis's URL, a folder for the log. Needs root (or sudo)."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from ledger import wait_until

BOOT = pathlib.Path(__file__).resolve().parents[1] / "instances/boot"


def as_root(*command):
    # The URL has a password: it goes by the environment, not by the command line.
    return list(command) if os.geteuid() == 0 else ["sudo", "--preserve-env=REDIS_URL", *command]


class OutsideWorker:
    def __init__(self, host, redis_url, logs, ledger):
        self.host, self.ledger = host, ledger
        self.scratch = tempfile.mkdtemp(prefix="snow-white-outside.")
        self.log = logs / f"{host}.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(as_root("setpriv", "--pdeathsig", "KILL", str(BOOT), host, "procfile", self.scratch),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                            env=os.environ | {"REDIS_URL": redis_url}, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def identity(self):
        """Its name in Redis; nothing while it boots."""
        assert self.process.poll() is None, f"{self.host} ended while it booted; the log is {self.log}"
        return next((one for one in self.ledger.redis("SMEMBERS", "processes") if one.startswith(self.host + ":")), None)

    def jobs(self):
        """Ids of the jobs that it runs, as they say themselves."""
        return self.ledger.open_on(self.host)

    def finish_jobs(self, seconds):
        """Quiets it as Sidekiq's web page does it (a worker looks for a signal at each heartbeat),
        and waits for the end of its jobs."""
        identity = self.identity()
        self.ledger.redis("LPUSH", f"{identity}-signals", "TSTP")
        wait_until(lambda: self.ledger.redis("HGET", identity, "quiet") == ["true"] and not self.jobs(), seconds,
                   f"{self.host} quiet and idle")

    def end(self):
        """At once: a job that it runs would be lost."""
        subprocess.run(as_root("kill", "-KILL", "--", f"-{self.process.pid}"), check=False)
        self.process.wait()
        subprocess.run(as_root(str(BOOT.parent / "remove-cgroups")), check=False)
        shutil.rmtree(self.scratch, ignore_errors=True)
