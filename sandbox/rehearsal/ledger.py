"""A ledger of jobs, kept from outside Sidekiq: what was enqueued, what began, what came to its end, how often.

In: the port of the booted instances' Redis. The jobs are `Nap`s (sandbox/instances/app/nap.rb), which note their own
beginning and end in Redis from inside the job. Uses redis-cli: nothing of Sidekiq's own bookkeeping is believed.
"""

import json
import secrets
import subprocess
import time


class Ledger:
    def __init__(self, redis_port):
        self.port = str(redis_port)
        self.enqueued = []

    def redis(self, *words):
        done = subprocess.run(["redis-cli", "-p", self.port, *map(str, words)], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def enqueue(self, seconds):
        """One job, as Sidekiq's client writes it (format: Sidekiq's wiki, Job Format)."""
        jid, now = secrets.token_hex(12), time.time()
        job = {"class": "Nap", "args": [seconds], "queue": "default", "jid": jid, "retry": True,
               "created_at": now, "enqueued_at": now}
        self.redis("SADD", "queues", "default")
        self.redis("LPUSH", "queue:default", json.dumps(job))
        self.enqueued.append(jid)

    def _times(self, key):
        flat = self.redis("HGETALL", key)
        return {jid: int(count) for jid, count in zip(flat[::2], flat[1::2])}

    def started(self):
        return self._times("ledger:started")

    def done(self):
        return self._times("ledger:done")

    def waiting(self):
        """Jobs in the queue that nobody has taken."""
        return int(self.redis("LLEN", "queue:default")[0])

    def running(self):
        """Jobs that began more often than they ended."""
        done = self.done()
        return sum(count > done.get(jid, 0) for jid, count in self.started().items())

    def begun(self):
        return sum(self.started().values())

    def balance(self):
        """{'enqueued', 'done once', 'lost', 'twice'}: twice counts a second beginning, too; lost are those never done."""
        started, done = self.started(), self.done()
        twice = {jid for jid in self.enqueued if started.get(jid, 0) > 1 or done.get(jid, 0) > 1}
        return {"enqueued": len(self.enqueued),
                "done once": sum(done.get(jid) == 1 and jid not in twice for jid in self.enqueued),
                "lost": sum(not done.get(jid) for jid in self.enqueued),
                "twice": len(twice)}


def wait_until(holds, seconds, what):
    """Waits for holds() to be true; a failure says what was wanted and what was seen last."""
    deadline = time.monotonic() + seconds
    while True:
        seen = holds()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"wanted within {seconds} s: {what}; seen last: {seen!r}")
        time.sleep(0.2)
