"""A booted instance for tests of the script: sandbox/instances/boot, a Redis database of its own,
and its jobs.

Needs root. Everything ends with Instance.end(), and with this process."""

import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import time
import uuid

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = CHECKOUT / "ssm" / "snow-white-instance.sh"
INSTANCES = CHECKOUT / "sandbox" / "instances"
ENGINE_DEPLOYS = """set -e
cp -a /var/app/current /var/app/staging
cp /etc/systemd/system/{unit} /run/registered
systemctl stop eb-app.target
systemctl disable {unit}
rm /etc/systemd/system/{unit}
systemctl daemon-reload
systemctl reset-failed
while systemctl show -p ActiveState {unit} | grep -q deactivating; do sleep 0.1; done
rm -rf /var/app/current
mv /var/app/staging /var/app/current
mv /run/registered /etc/systemd/system/{unit}
systemctl daemon-reload
systemctl reset-failed
systemctl enable eb-app.target
systemctl start eb-app.target
systemctl enable {unit}
systemctl start {unit}
"""
# The layouts of sandbox/world/layout.hpp: the unit, and how many workers it has.
LAYOUTS = {"procfile": ("worker.service", 1), "sidekiq": ("sidekiq.service", 1), "pair": ("worker.service", 2),
           "web": ("web.service", 0)}


PATIENCE = 4  # factor of all waits, since all these tests run in parallel, beside others


def wait_for(what, look, seconds):
    """Polls until it sees something true; reports what it waited for when it never does."""
    deadline = time.monotonic() + seconds * PATIENCE
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"waited {seconds * PATIENCE} s for {what}; last seen: {seen!r}"
        time.sleep(0.1)


def together(kind):
    """Runs the test in parallel with the others, on an instance or namespace of its own."""
    def mark(test):
        test.kind = kind
        return test
    return mark


class Redis:
    """One redis-server on a socket port of its own; a database number for each instance, all below
    `databases`."""

    def __init__(self, folder, databases, appendonly="no"):
        self.folder, self.databases, self.appendonly = folder, databases, appendonly
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.password = secrets.token_hex(32)
        self.environment = {**os.environ, "REDISCLI_AUTH": self.password}
        self.start()

    def start(self):
        """Its settings come on standard input: any user can read a command line, and the password
        is one of the settings."""
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "redis-server", "-"], stdin=subprocess.PIPE,
                                        stdout=open(self.folder / "redis.log", "ab"), text=True)
        with self.process.stdin as settings:
            settings.write(f'port {self.port}\nbind 127.0.0.1\nrequirepass {self.password}\nsave ""\ndir "{self.folder}"\n'
                           f"databases {self.databases}\nmaxmemory-policy noeviction\nappendonly {self.appendonly}\n"
                           "appendfsync always\n")
        wait_for("Redis", lambda: self.call(0, "ping") == "PONG", 10)

    def call(self, database, *arguments):
        done = subprocess.run(["redis-cli", "-p", str(self.port), "-n", str(database), *map(str, arguments)],
                              capture_output=True, text=True, env=self.environment)
        refused = "ERR" in done.stdout + done.stderr
        assert not refused, f"Redis refused {arguments} in database {database}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def url(self, database):
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def end(self):
        self.process.terminate()
        self.process.wait()


class Jobs:
    """Jobs in a database of Redis, for objects that have one: self.redis, self.database."""

    def enqueue(self, seconds, queue="default"):
        jid = uuid.uuid4().hex[:24]
        job = {"class": "Nap", "args": [seconds], "jid": jid, "queue": queue, "retry": 5,
               "created_at": time.time(), "enqueued_at": time.time()}
        self.redis.call(self.database, "sadd", "queues", queue)
        self.redis.call(self.database, "lpush", f"queue:{queue}", json.dumps(job))
        return jid

    def started(self, jid):
        return int(self.redis.call(self.database, "hget", "ledger:started", jid) or 0)

    def done(self, jid):
        return int(self.redis.call(self.database, "hget", "ledger:done", jid) or 0)

    def queued(self, queue="default"):
        return int(self.redis.call(self.database, "llen", f"queue:{queue}"))

    def processes(self):
        """`HOST:PID` of each Sidekiq process, as Redis has it; without the nonce that follows."""
        identities = self.redis.call(self.database, "smembers", "processes").split()
        return sorted(identity.rsplit(":", 1)[0] for identity in identities)


class Instance(Jobs):
    def __init__(self, redis, database, layout, folder, name=None, opt=(), hierarchy=None):
        """opt: folders that it sees in its /opt. hierarchy: of control groups, 0 for v1 alone, 1
        for v2 alone; otherwise that of this machine, which may be both."""
        self.redis, self.database = redis, database
        self.unit, self.workers_there = LAYOUTS[layout]
        self.name = name or f"t-{database}"
        self.script = SCRIPT.read_text()
        self.log = folder / f"{self.name}.log"
        scratch = folder / self.name
        scratch.mkdir()
        self.boot_command = ["setpriv", "--pdeathsig", "KILL", INSTANCES / "boot", self.name, layout, scratch, *opt]
        self.environment = {**os.environ, "REDIS_URL": redis.url(database),
                            **({"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": hierarchy} if hierarchy else {})}
        self._boot()

    def _boot(self):
        self.boot = subprocess.Popen(self.boot_command, stdin=subprocess.DEVNULL, stdout=open(self.log, "ab"),
                                     stderr=subprocess.STDOUT, start_new_session=True, env=self.environment)
        self.leader = None
        try:
            wait_for(f"{self.unit} in {self.name}, see {self.log}", self._has_booted, 60)
        except AssertionError:
            self.end()
            raise

    def _has_booted(self):
        """nspawn has another child before the instance's first process, so each look searches
        again."""
        pid = self.boot.pid
        for _ in range(2):
            try:
                children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            except (FileNotFoundError, ProcessLookupError):
                return False
            if not children:
                return False
            pid = int(children[0])
        self.leader = pid
        return self.is_active()

    def reboot(self):
        """systemd's orderly end, then a boot from the same image: changes of files are lost. No
        process that was started from outside may be in it: nsenter would never return from its
        child, which systemd suspends at the end."""
        self.sh("systemctl --no-block poweroff")
        self.boot.wait(60)
        self._boot()

    def end(self):
        os.killpg(self.boot.pid, signal.SIGKILL)
        self.boot.wait()
        wait_for(f"{self.name} to end", lambda: not pathlib.Path(f"/proc/{self.leader}").exists(), 10)

    # -- inside

    def command(self, *arguments):
        return ["nsenter", "--target", str(self.leader), "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--root",
                "--wd", "--", *map(str, arguments)]

    def sh(self, text):
        return subprocess.run(self.command("sh", "-c", text), capture_output=True, text=True, timeout=60)

    def write(self, path, text):
        place = pathlib.Path(f"/proc/{self.leader}/root{path}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def is_active(self):
        return self.sh(f"systemctl is-active {self.unit}").stdout.strip() == "active"

    def begin(self, action, *until):
        """Starts the script as the agent does: in a process group of its own."""
        self.write("/root/snow-white-instance.sh", self.script)
        return subprocess.Popen(self.command("env", "-i", "sh", "/root/snow-white-instance.sh", action, *until),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def run(self, action, *until, limit=300):
        return Said(*self.begin(action, *until).communicate(timeout=limit))._with(action)

    def workers(self):
        return self.run("status").workers

    def add_process(self, name):
        """Adds one more process of the Procfile, as the engine registers it."""
        made = subprocess.run([INSTANCES / "procfile-unit", name, name], capture_output=True, text=True, check=True)
        self.write(f"/etc/systemd/system/{name}.service", made.stdout)
        done = self.sh(f"systemctl daemon-reload; systemctl enable --now {name}")
        assert done.returncode == 0, done.stderr

    def deploy(self):
        """What Elastic Beanstalk's engine does on an instance for a new version: the commands of
        its log (eb-engine.log, FlipApplication) in public repositories, 2020 to 2026. Its removal
        of the unit's file is inferred from what its `show -p PartOf` finds afterwards."""
        done = self.sh(ENGINE_DEPLOYS.format(unit=self.unit))
        assert done.returncode == 0, done.stderr

    def titles(self):
        """pid -> title of every Sidekiq process, as ps sees it."""
        lines = self.sh("ps -eo pid=,args=").stdout.splitlines()
        pairs = [line.split(None, 1) for line in lines]
        return {int(pid): title for pid, title in pairs if title.startswith("sidekiq ")}

    def wait_until_up(self, count=1):
        return wait_for(f"{count} workers with a title", lambda: len(self.titles()) >= count and self.titles(), 30)


class Said:
    """The result of one run of the script. Whatever it did, it must have kept to
    docs/instance-line.md."""

    CODES = {"done": 0, "failed": 1, "no-worker": 3, "busy": 4}

    def __init__(self, output, error):
        self.output, self.error = output, error

    def _with(self, action):
        lines = self.output.splitlines()
        assert len(lines) == 1, f"wanted one line of {action}, saw {self.output!r}; stderr: {self.error!r}"
        assert len(self.output.encode()) <= 2000
        assert self.error == ""
        self.line = json.loads(lines[0])
        assert self.line["snow_white"] == 1 and self.line["action"] == action
        self.scripts = self.line.get("scripts", [])
        self.outcome, self.note, self.workers = (self.line[key] for key in ("outcome", "note", "workers"))
        self.already = self.line.get("already", False)
        self.count = len(self.workers) + sum(group["workers"] for group in self.line.get("rest", {}).values())
        assert self.count == len(self.workers) + self.line.get("more", 0)
        return self

    @property
    def states(self):
        return [worker["state"] for worker in self.workers]

    @property
    def names_in_redis(self):
        return sorted(f"{worker.get('as', self.line['host'])}:{worker.get('inside', worker['pid'])}" for worker in self.workers)
