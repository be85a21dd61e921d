"""A ledger of jobs: what was enqueued, how often each job began, how often it ended.

In: the port and the password of the booted instances' Redis. Each job
(sandbox/instances/app/nap.rb) writes its own start and end into Redis, and the ledger reads them
with redis-cli: it does not depend on Sidekiq's own counts. """

import json
import os
import secrets
import subprocess
import time


class Ledger:
    def __init__(self, redis_port, password):
        self.port = str(redis_port)
        self.environment = os.environ | {"REDISCLI_AUTH": password}
        self.enqueued = []

    def redis(self, *words):
        done = subprocess.run(["redis-cli", "-p", self.port, *map(str, words)], capture_output=True, text=True, check=True,
                              env=self.environment)
        return done.stdout.splitlines()

    def enqueue(self, seconds, kind="Nap", later=0):
        """Enqueues a job, due now or in `later` seconds (format: Sidekiq's wiki, Job Format)."""
        jid, now = secrets.token_hex(12), time.time()
        job = {"class": kind, "args": [seconds], "queue": "default", "jid": jid, "retry": True, "created_at": now}
        if later:
            self.redis("ZADD", "schedule", now + later, json.dumps(job))
        else:
            self.redis("SADD", "queues", "default")
            self.redis("LPUSH", "queue:default", json.dumps(job | {"enqueued_at": now}))
        self.enqueued.append(jid)

    def _times(self, key):
        flat = self.redis("HGETALL", key)
        return {jid: int(count) for jid, count in zip(flat[::2], flat[1::2])}

    def started(self):
        return self._times("ledger:started")

    def done(self):
        return self._times("ledger:done")

    def waiting(self):
        """Number of jobs in the queue."""
        return int(self.redis("LLEN", "queue:default")[0])

    def failed(self):
        return self._times("ledger:failed")

    def ahead(self):
        """Number of jobs that Sidekiq has in Redis: queued, to be retried, scheduled, dead."""
        return self.waiting() + sum(int(self.redis("ZCARD", name)[0]) for name in ("retry", "schedule", "dead"))

    def open_on(self, host):
        """Ids of jobs that began on `host` and have not ended."""
        flat = self.redis("HGETALL", "ledger:host")
        there = {jid for jid, name in zip(flat[::2], flat[1::2]) if name == host}
        return there & set(self.unended())

    def unended(self):
        """jid -> how often the job began without an end of its own."""
        done, failed = self.done(), self.failed()
        left = {jid: count - done.get(jid, 0) - failed.get(jid, 0) for jid, count in self.started().items()}
        return {jid: count for jid, count in left.items() if count > 0}

    def running(self):
        """Number of jobs that began more often than they ended."""
        return len(self.unended())

    def begun(self):
        return sum(self.started().values())

    def balance(self):
        """{'enqueued', 'done once', 'lost', 'twice'}. Lost: never done. Twice: done twice, or begun
        twice; a start that ended in an intended failure does not count."""
        started, done, failed = self.started(), self.done(), self.failed()
        twice = {jid for jid in self.enqueued if started.get(jid, 0) - failed.get(jid, 0) > 1 or done.get(jid, 0) > 1}
        return {"enqueued": len(self.enqueued),
                "done once": sum(done.get(jid) == 1 and jid not in twice for jid in self.enqueued),
                "lost": sum(not done.get(jid) for jid in self.enqueued),
                "twice": len(twice)}


def wait_until(holds, seconds, what):
    """Waits until holds() is true. The AssertionError names `what` and the last value."""
    deadline = time.monotonic() + seconds
    while True:
        seen = holds()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"wanted within {seconds} s: {what}; seen last: {seen!r}")
        time.sleep(0.2)
