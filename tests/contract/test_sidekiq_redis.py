"""What the program reads of Sidekiq's Redis, as the user of docs/security.md on a real Redis 7. The
data is in the words of each release of Sidekiq; test_sidekiq_releases.py has real ones."""

import json
import re
import socket
import subprocess
import threading
import time

import pytest

from redis_server import READ, RedisServer, clean_environment, free_port, read_sidekiq, snapshot_of
from sandbox_process import ROOT

ARGUMENT = "s3cret-argument-4111111111111111"
PASSWORD = "pass/w@rd%:1"
IN_URL = "snowwhite:pass%2Fw%40rd%25%3A1"
COMMANDS = {"auth", "select", "time", "smembers", "hmget", "hgetall", "llen", "zcard"}



def rule():
    """The words of the command in docs/security.md, with the password."""
    text = (ROOT / "docs/security.md").read_text()
    words = re.search(r"^    ACL SETUSER snowwhite .*?\n\n", text, re.M | re.S)[0].split()
    return [f">{PASSWORD}" if word == ">PASSWORD" else word for word in words]


def of_namespace(words, name):
    return [f"~{name}:{word[1:]}" if word.startswith("~") else word for word in words]


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_left(request):
    if "redis" in request.fixturenames:
        server = request.getfixturevalue("redis")
        server.call("FLUSHALL")
        server.call(*rule())


def put(server, key, *words, name_space="", database=3):
    server.call(words[0], name_space + key, *words[1:], database=database)


def add_process(server, host, pid, number, info, work="work", jobs=(), quiet="false", beat=1.0, **how):
    """As one heartbeat does; `number` makes its name."""
    identity = f"{host}:{pid}:{number:012x}"
    data = {"hostname": host, "started_at": time.time() - 1000, "pid": pid, "tag": "shop", "labels": [], "identity": identity}
    put(server, "processes", "SADD", identity, **how)
    put(server, identity, "HSET", "info", json.dumps(data | info), "busy", len(jobs), "beat", time.time() - beat,
        "quiet", quiet, **how)
    for thread, job in jobs:
        put(server, f"{identity}:{work}", "HSET", thread, json.dumps(job), **how)
    return identity


def job(kind, queue="default", age=60, as_text=True, **more):
    payload = {"class": kind, "args": [{"card": ARGUMENT}, [ARGUMENT]], "jid": f"jid-{kind}", "queue": queue, "retry": True,
               "created_at": int(time.time() * 1000)} | more
    return {"queue": queue, "payload": json.dumps(payload) if as_text else payload, "run_at": int(time.time()) - age}


def add_four_releases(server, **how):
    queues = {"queues": ["default", "mailers"], "concurrency": 5}
    wrapper = "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper"
    add_process(server, "five", 5, 5, queues, "workers", [("t5", job("Five", as_text=False, age=500))], **how)
    add_process(server, "six", 6, 6, queues, "workers", [("t6", job("Six", age=400))], **how)
    add_process(server, "seven", 7, 7, queues | {"version": "7.3.2", "embedded": True, "weights": [{}]}, "work",
                [("t7", job(wrapper, wrapped="ReportJob", age=9060))], quiet="true", **how)
    eight = {"capsules": {"default": {"concurrency": 5, "mode": "strict"}}, "queues": ["low"], "version": "8.1.1",
             "embedded": False}
    add_process(server, "eight", 8, 8, eight, "work", [("t8", job("Sidekiq::ActiveJob::Wrapper", wrapped="Import"))], **how)
    put(server, "processes", "SADD", f"ghost:9:{9:012x}", **how)
    add_process(server, "late", 10, 10, queues, beat=61.0, **how)
    put(server, "queues", "SADD", "default", "mailers", **how)
    put(server, "queue:default", "LPUSH", *["{}"] * 3, **how)
    put(server, "paused", "SADD", "mailers", **how)
    put(server, "retry", "ZADD", 1, "a", 2, "b", **how)
    put(server, "schedule", "ZADD", 1, "a", **how)


def check_four_releases(seen):
    alive = [(one["host_and_pid"], one["version"], one["quiet"], one["embedded"], one["busy"]) for one in seen["processes"]]
    assert alive == [("eight:8", "8.1.1", False, False, 1), ("five:5", "", False, False, 1),
                     ("seven:7", "7.3.2", True, True, 1), ("six:6", "", False, False, 1)]
    assert seen["dead"] == [f"ghost:9:{9:012x}", f"late:10:{10:012x}"]
    jobs = [(one["class"], one["id"], one["queue"], one["thread"], one["identity"].split(":")[0]) for one in seen["jobs"]]
    wrapper = "jid-ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper"
    assert jobs == [("ReportJob", wrapper, "default", "t7", "seven"), ("Five", "jid-Five", "default", "t5", "five"),
                    ("Six", "jid-Six", "default", "t6", "six"),
                    ("Import", "jid-Sidekiq::ActiveJob::Wrapper", "default", "t8", "eight")]
    assert seen["queues"] == [{"name": "default", "waiting": 3, "paused": False}, {"name": "mailers", "waiting": 0, "paused": True}]
    assert (seen["scheduled"], seen["retries"], seen["dead_jobs"], seen["omitted"]) == (1, 2, 0, [0, 0, 0])


def test_four_releases_as_the_user_of_the_documents(redis):
    add_four_releases(redis)
    code, out, err = read_sidekiq(redis.url(IN_URL, "/3"), "3")
    assert (code, err) == (0, "")
    check_four_releases(json.loads(out))
    assert ARGUMENT not in out


def test_a_namespace(redis):
    add_four_releases(redis, name_space="shop:")
    redis.call(*of_namespace(rule(), "shop"))
    check_four_releases(snapshot_of(redis.url(IN_URL, "/3?namespace=shop")))


def test_it_needs_each_word_of_the_rule_and_no_other_command(redis):
    add_four_releases(redis)
    redis.call("CONFIG", "RESETSTAT")
    snapshot_of(redis.url(IN_URL, "/3"), "2")
    sent = re.findall(r"^cmdstat_(\w+)", redis.call("INFO", "commandstats"), re.M)
    assert set(sent) - {"config", "info"} == COMMANDS
    assert {word[1:] for word in rule() if word.startswith("+")} == COMMANDS - {"auth"}
    spare = [word for word in rule() if word[0] in "+~" and read_without(redis, word)]
    assert not spare, f"the rule grants {spare} for nothing"


def read_without(redis, word):
    """Whether it can read without this word of the rule; if not, the error says so."""
    redis.call(*[one for one in rule() if one != word])
    code, _, err = read_sidekiq(redis.url(IN_URL, "/3"))
    if code == 0:
        return True
    wanted = f"does not let its user run {word[1:].upper()}: give it" if word[0] == "+" else "read the keys that"
    assert wanted in err and "docs/security.md" in err, err
    return False


def test_the_user_can_change_nothing_and_read_no_waiting_job(redis):
    add_four_releases(redis)
    for words in (["LRANGE", "queue:default", "0", "-1"], ["GET", "x"], ["DEL", "processes"], ["KEYS", "*"], ["CONFIG", "GET", "*"],
                  ["HGETALL", "other"], ["ZRANGE", "retry", "0", "-1"], ["SADD", "paused", "default"]):
        done = subprocess.run(["redis-cli", "-p", str(redis.port), "-n", "3", "--user", "snowwhite", "--pass", PASSWORD,
                               "--no-auth-warning", *words], capture_output=True, text=True, check=False, timeout=10)
        assert "NOPERM" in done.stdout + done.stderr, words


def test_strangers_keys_do_not_matter(redis):
    add_four_releases(redis)
    redis.call("--pipe", database=3, stdin="".join(f"SET cache:{n} {'x' * 50}\r\n" for n in range(20000)))
    put(redis, "queues", "SADD", *[f"stranger-{n}" for n in range(10_500)])
    seen = snapshot_of(redis.url(IN_URL, "/3"))
    assert len(seen["processes"]) == 4
    assert len(seen["queues"]) == 10_000 and seen["omitted"] == [0, 0, 502]


def test_strangers_keys_under_names_of_sidekiq(redis):
    """What is of another type is counted as not read, and hides nothing else."""
    add_four_releases(redis)
    odd = f"odd:1:{1:012x}"
    busy = f"busy:2:{2:012x}"
    add_process(redis, "busy", 2, 2, {"version": "7.3.2", "queues": ["default"]}, jobs=[("t", job("Import"))])
    put(redis, "processes", "SADD", odd)
    put(redis, "queues", "SADD", "odd")
    for key in (odd, "queue:odd", f"{busy}:work", "paused"):
        put(redis, key, "SET", "a text")
    seen = snapshot_of(redis.url(IN_URL, "/3"))
    assert [one["host_and_pid"] for one in seen["processes"]] == ["busy:2", "eight:8", "five:5", "seven:7", "six:6"]
    assert len(seen["jobs"]) == 4 and len(seen["queues"]) == 2 and seen["omitted"] == [1, 1, 1]


def test_one_server_under_two_names(redis):
    add_four_releases(redis)
    code, out, err = read_sidekiq(",".join([redis.url(IN_URL, "/3"), redis.url(IN_URL, "/3").replace("127.0.0.1", "localhost")]))
    assert (code, out) == (1, "") and f"Redis at localhost:{redis.port} is the same server as one before it" in err


def test_no_argument_stays_in_the_process(redis):
    """It waits before it ends, and its memory is searched. A class of a job is found: so the search
    finds what is there."""
    add_four_releases(redis)
    long = [(f"t{n}", job(f"Long{n}", text=ARGUMENT * 3000)) for n in range(20)]
    add_process(redis, "big", 11, 11, {"version": "7.3.2", "queues": ["default"]}, "work", long)
    process = subprocess.Popen([READ, "2", "", "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               env=clean_environment(SIDEKIQ_REDIS_URL=redis.url(IN_URL, "/3")))
    try:
        assert process.stdout.readline() == "24 jobs\n"
        memory = memory_of(process.pid)
        assert memory.count(b"ReportJob") > 0 and memory.count(b"Long19") > 0
        assert memory.count(ARGUMENT.encode()) == 0, "an argument stays in memory"
    finally:
        process.communicate("\n", timeout=10)


def memory_of(pid):
    parts = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            begin, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if rights.startswith("rw"):
                memory.seek(int(begin, 16))
                parts.append(memory.read(int(end, 16) - int(begin, 16)))
    return b"".join(parts)


# What is in the way, what is said.
REFUSED = [
    ("redis://127.0.0.1:{port}/3", "wants a password: write redis://:PASSWORD@HOST"),
    ("redis://snowwhite:wr0ng-s3cret@127.0.0.1:{port}/3", "refuses the user and password of the URL"),
    ("redis://wr0ng-s3cret:x@127.0.0.1:{port}/3", "refuses the user and password of the URL"),
    ("redis://" + IN_URL + "@127.0.0.1:{port}/77", "has no database of that number"),
    ("redis://" + IN_URL + "@127.0.0.1:{closed}", "refuses the connection: nothing listens there"),
    ("redis://" + IN_URL + "@no-such-host.invalid", "has a name that DNS does not know"),
    ("redis://" + IN_URL + "@127.0.0.1:{port}/4", "has something else than Sidekiq's data under the name that SMEMBERS asked for"),
]


@pytest.mark.parametrize("url, words", REFUSED)
def test_what_is_wrong_is_said(redis, url, words):
    redis.call("SET", "processes", "no set", database=4)
    redis.call("ACL", "SETUSER", "default", "resetpass", ">other")
    try:
        code, out, err = read_sidekiq(url.format(port=redis.port, closed=free_port()))
    finally:
        redis.call("-a", "other", "--no-auth-warning", "ACL", "SETUSER", "default", "nopass")
    assert (code, out) == (1, "")
    assert words in err and "\n" not in err, err
    assert "s3cret" not in err and PASSWORD not in err


def test_a_password_that_nobody_asked_for(redis):
    code, _, err = read_sidekiq(redis.url(":s3cret"))
    assert code == 1 and "has no password for its default user: leave it out of the URL" in err
    assert "s3cret" not in err


# What answers there instead, what is said.
OTHER_PROGRAMS = [
    (b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "is a web server, no Redis"),
    (b"SSH-2.0-OpenSSH_9.2\r\n", "is an SSH server, no Redis"),
    (b"-LOADING Redis is loading the dataset in memory\r\n", "is starting and still loads its data"),
    (b"-MOVED 7638 10.0.0.2:6379\r\n", "is a part of a Redis Cluster"),
    (b"-ERR unknown command 'AUTH', with args beginning with: 'u' 's3cret'\r\n", "does not know the command AUTH"),
    (b"-S3CRET s3cret\r\n", "refuses AUTH with an error that we do not know"),
    (b"*1000000000\r\n", "sent a list of more than 500,000 elements for AUTH"),
    (b"$99999999999\r\n", "sent a value of more than 16 MiB for AUTH"),
    (b"*1\r\n", "sent something else than this command returns for AUTH"),
    (b"@@@\r\n", "sent no reply of Redis's protocol for AUTH"),
    (b"", "closed the connection before it answered"),
    (None, "does not answer within 5 s"),
]


@pytest.mark.parametrize("answer, words", OTHER_PROGRAMS)
def test_another_program_answers_there(answer, words):
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                if answer is None:
                    time.sleep(7)
                else:
                    connection.sendall(answer)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = server.getsockname()[1]
        begun = time.monotonic()
        code, out, err = read_sidekiq(f"redis://u:s3cret@127.0.0.1:{port}")
        assert (code, out) == (1, "")
        assert words in err and f"Redis at 127.0.0.1:{port} " in err, err
        assert "s3cret" not in err.lower().replace("s3cret-", "")
        assert time.monotonic() - begun < 7


def test_an_interruption_ends_the_waiting():
    with socket.create_server(("127.0.0.1", 0)) as server:
        process = subprocess.Popen([READ], stderr=subprocess.PIPE, text=True, env=clean_environment(
            SIDEKIQ_REDIS_URL=f"redis://:x@127.0.0.1:{server.getsockname()[1]}"))
        connection, _ = server.accept()
        with connection:
            begun = time.monotonic()
            process.terminate()
            _, err = process.communicate(timeout=10)
        assert process.returncode == 1 and "was not asked to the end: the run is interrupted" in err
        assert time.monotonic() - begun < 2
