"""A ledger of jobs, kept from outside Sidekiq: what was enqueued, what began, what came to its end, how often.

In: the port of the booted instances' Redis, and its password. The jobs (sandbox/instances/app/nap.rb) note their own beginning and end in
Redis from inside the job. Uses redis-cli: nothing of Sidekiq's own bookkeeping is believed.
"""

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
        """One job, as Sidekiq's client writes it (format: Sidekiq's wiki, Job Format), to be run now or so much later."""
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
        """Jobs in the queue that nobody has taken."""
        return int(self.redis("LLEN", "queue:default")[0])

    def failed(self):
        return self._times("ledger:failed")

    def ahead(self):
        """Jobs that Sidekiq holds: in the queue, to be retried, scheduled, given up."""
        return self.waiting() + sum(int(self.redis("ZCARD", name)[0]) for name in ("retry", "schedule", "dead"))

    def open_on(self, host):
        """Those that have begun there and have not ended."""
        flat = self.redis("HGETALL", "ledger:host")
        there = {jid for jid, name in zip(flat[::2], flat[1::2]) if name == host}
        return there & set(self.unended())

    def unended(self):
        """jid -> how often it began without coming to an end of its own."""
        done, failed = self.done(), self.failed()
        left = {jid: count - done.get(jid, 0) - failed.get(jid, 0) for jid, count in self.started().items()}
        return {jid: count for jid, count in left.items() if count > 0}

    def running(self):
        """Jobs that began more often than they ended."""
        return len(self.unended())

    def begun(self):
        return sum(self.started().values())

    def balance(self):
        """{'enqueued', 'done once', 'lost', 'twice'}: twice counts a second beginning, too, unless the first ended as a
        failure that was meant; lost are those never done."""
        started, done, failed = self.started(), self.done(), self.failed()
        twice = {jid for jid in self.enqueued if started.get(jid, 0) - failed.get(jid, 0) > 1 or done.get(jid, 0) > 1}
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
