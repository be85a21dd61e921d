"""A real redis-server on this machine, and what Sidekiq writes into it, as its own code of 6.4, 7.3
and 8 has it (lib/sidekiq/launcher.rb, processor.rb and api.rb at v6.4.1, v7.3.9 and v8.1.7).

In: processes, jobs and queues. Out: an address for SIDEKIQ_REDIS_URL. The arguments of every job
are SECRET, so that a test can look for it where it must not be."""

import json
import socket
import time

from redis_server import RedisServer

SECRET = "4111-1111-1111-1111"


def encoded(words):
    """A command in Redis's protocol."""
    parts = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


class SidekiqRedis(RedisServer):
    user, password, admin = None, None, None

    @property
    def setting(self):
        """For SIDEKIQ_REDIS_URL."""
        key = f"{self.user or ''}:{self.password}@" if self.password else ""
        return f"redis://{key}127.0.0.1:{self.port}"

    def start(self):
        return self.__enter__()

    def stop(self):
        self.__exit__()

    def __call__(self, *words):
        """The first line of the reply to one command."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            if self.admin:
                connection.sendall(encoded(["AUTH", self.admin, self.admin]))
                assert connection.recv(100) == b"+OK\r\n"
            connection.sendall(encoded(words))
            reply = connection.makefile("rb").readline().decode().rstrip("\r\n")
        assert not reply.startswith("-"), f"{words}: {reply}"
        return reply[1:]

    def only_reads(self, user, password, commands):
        """From now on the default user may do nothing, and `user` these commands alone."""
        self("ACL", "SETUSER", "admin", "on", ">admin", "~*", "+@all")
        self("ACL", "SETUSER", user, "reset", "on", f">{password}", "~*", *[f"+{command.lower()}" for command in commands])
        self("ACL", "SETUSER", "default", "off")
        self.admin, self.user, self.password = "admin", user, password

    def open_again(self):
        self("ACL", "SETUSER", "default", "on", "nopass", "~*", "+@all")
        self.admin = self.password = self.user = None

    def empty(self):
        self("FLUSHALL")

    # --- what Sidekiq writes

    def process_of(self, host, pid, version="7.3.9", queues=("default",), busy=0, quiet=False, embedded=False):
        """A heartbeat. Returns the identity."""
        identity, now = f"{host}:{pid}:0123456789ab", time.time()
        info = {"hostname": host, "started_at": now - 7200, "pid": pid, "tag": "shop", "concurrency": 5, "queues": list(queues),
                "labels": [], "identity": identity}
        if not version.startswith("6"):
            info |= {"weights": [{name: 0 for name in queues}], "version": version, "embedded": embedded}
        if version.startswith("8"):
            info["capsules"] = {"default": {"concurrency": 5, "mode": "strict", "weights": {name: 0 for name in queues}}}
        more = ["concurrency", 5] if version.startswith("8") else []
        self("SADD", "processes", identity)
        self("HMSET", identity, "info", json.dumps(info), "busy", busy, "beat", f"{now - 1:.6f}", "quiet",
             str(quiet).lower(), "rtt_us", 80, "rss", 102400, *more)
        self("EXPIRE", identity, 60)
        return identity

    def job_of(self, identity, thread, job_class, age, version="7.3.9", queue="default", jid="b4a577edbccf1d805744efa9", wrapped=None):
        """A running job: its payload is a JSON string since 6.1; the key is called `workers` until
        6.4.1."""
        at, now = int(time.time() - age), time.time()
        times = (int(now * 1000), int(now * 1000)) if version.startswith("8") else (now, now)
        payload = {"retry": True, "queue": queue, "class": "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper" if wrapped else job_class,
                   "args": [{"job_class": wrapped, "arguments": [SECRET]}] if wrapped else [SECRET, {"class": SECRET, "jid": SECRET}],
                   "jid": jid, "created_at": times[0], "enqueued_at": times[1]}
        if wrapped:
            payload["wrapped"] = wrapped
        key = f"{identity}:{'workers' if version == '6.4.1' else 'work'}"
        self("HSET", key, thread, json.dumps({"queue": queue, "payload": json.dumps(payload), "run_at": at}))
        self("EXPIRE", key, 60)

    def waiting(self, queue, count):
        self("SADD", "queues", queue)
        for number in range(count):
            self("LPUSH", f"queue:{queue}", json.dumps({"class": "WaitingJob", "args": [SECRET], "jid": f"{number:024x}"}))

    def sorted_set(self, name, count):
        for number in range(count):
            self("ZADD", name, 1, json.dumps({"class": "LaterJob", "args": [SECRET], "jid": f"{number:024x}"}))


def fill(redis):
    """Processes of three versions on three hosts, four jobs, a ghost, and jobs that wait."""
    old = redis.process_of("ip-10-0-0-6", 600, "6.4.1", queues=("default", "low"), busy=1)
    redis.job_of(old, "gn1t5a", "ReportJob", 9060, "6.4.1", jid="aaaaaaaaaaaaaaaaaaaaaaa6")
    new = redis.process_of("ip-10-0-0-7", 700, "7.3.9", queues=("default", "mailers"), busy=2, quiet=True)
    redis.job_of(new, "3bt7", "ImportJob", 240, "7.3.9", queue="mailers", jid="aaaaaaaaaaaaaaaaaaaaaaa7")
    redis.job_of(new, "3bt8", None, 61, "7.3.9", wrapped="Billing::InvoiceJob", jid="bbbbbbbbbbbbbbbbbbbbbbb7")
    newest = redis.process_of("web-1", 80, "8.1.7", queues=("default",), busy=1, embedded=True)
    redis.job_of(newest, "2gc", "MailJob", 5, "8.1.7", jid="aaaaaaaaaaaaaaaaaaaaaaa8")
    redis("SADD", "processes", "ip-10-0-0-9:900:feedfeedfeed")
    redis.waiting("default", 3)
    redis.waiting("mailers", 2)
    redis("SADD", "queues", "low")
    redis("SADD", "paused", "mailers")
    redis.sorted_set("schedule", 4)
    redis.sorted_set("retry", 2)
    redis.sorted_set("dead", 1)
