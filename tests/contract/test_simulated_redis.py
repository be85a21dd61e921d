"""The Redis of simulated workers, as redis-cli and a real redis-server judge it: the same keys in
both give the same bytes. What it says about the workers is in tests/unit/sandbox/redis_test.cpp."""

import json
import os
import pathlib
import re
import secrets
import socket
import subprocess
import time
import urllib.error

import pytest

from clients import make_client
from redis_server import free_port
from sandbox_process import ROOT
from sidekiq_structures import STRUCTURES, fields_of, structures

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=3:pair", "--environment", "acme-web=1:web", "--simulated", "--redis"]
HERE = pathlib.Path(__file__).resolve().parent
SECRET = "customer@example.com"


def ask(sandbox, *words, check=True):
    """The lines of redis-cli."""
    done = subprocess.run(["redis-cli", "-p", sandbox.exports["SNOW_WHITE_REDIS_PORT"], *map(str, words)],
                          capture_output=True, text=True, timeout=60,
                          env=os.environ | {"REDISCLI_AUTH": sandbox.exports["REDISCLI_AUTH"]})
    assert not check or not re.match("(ERR|NO|WRONG)", done.stdout), f"{words}: {done.stdout}"
    return (done.stdout + done.stderr).splitlines()


class Wire:
    """A connection of bytes."""

    def __init__(self, port, *first):
        self.socket = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
        for words in first:
            self.ask(*words)

    def ask(self, *words):
        """The reply: what comes before that of an ECHO behind it."""
        mark = b"$8\r\n" + secrets.token_hex(4).encode() + b"\r\n"
        behind = b"" if words[0] == "QUIT" else b"*2\r\n$4\r\nECHO\r\n" + mark
        self.socket.sendall(request(*words) + behind)
        self.socket.settimeout(20)
        seen = b""
        try:
            while not seen.endswith(mark):
                part = self.socket.recv(1 << 20)
                if not part:
                    return seen + b"(closed)"
                seen += part
        except ConnectionResetError:
            return seen + b"(closed)"
        return seen.removesuffix(mark)

    def send(self, data, silence=0.05):
        """What comes until nothing more comes for so long."""
        self.socket.sendall(data)
        self.socket.settimeout(20)  # for the first bytes: the machine is shared
        seen = b""
        try:
            while part := self.socket.recv(1 << 20):
                seen += part
                self.socket.settimeout(silence)
            return seen + b"(closed)"
        except ConnectionResetError:
            return seen + b"(closed)"
        except TimeoutError:
            return seen


def request(*words):
    parts = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


# --- what is in it


def test_each_worker_of_an_instance_is_there_by_its_host_and_pid(sandbox):
    of_instances = {f"{one['hostname']}:{worker['pid']}" for seen in sandbox.look("fleet")["environments"]
                    for one in seen["instances"] for worker in one["workers"]}
    in_redis = {identity.rpartition(":")[0] for identity in ask(sandbox, "SMEMBERS", "processes")}
    assert len(in_redis) == 6 and in_redis == of_instances
    assert all(re.fullmatch("[0-9a-f]{12}", one.rpartition(":")[2]) for one in ask(sandbox, "SMEMBERS", "processes"))


def test_the_exported_url_is_that_of_its_redis(sandbox):
    done = subprocess.run(["redis-cli", "--no-auth-warning", "-u", sandbox.exports["SIDEKIQ_REDIS_URL"], "SCARD", "processes"],
                          capture_output=True, text=True, timeout=60)
    assert done.stdout == "6\n", done


def test_without_the_option_there_is_none(start_sandbox):
    exports = start_sandbox("--environment", "acme-workers=1", "--simulated").exports
    assert not {"SNOW_WHITE_REDIS_PORT", "REDISCLI_AUTH", "SIDEKIQ_REDIS_URL"} & exports.keys()


@pytest.mark.parametrize("release", ["5.2", "6.4", "7.3", "8.1"])
def test_the_structures_are_those_of_the_real_release(sandbox, release):
    sandbox.post("redis", {"do": "add", "host": f"box-{release}", "busy": 1, "sidekiq": release})
    identity, = (one for one in ask(sandbox, "SMEMBERS", "processes") if one.startswith(f"box-{release}:"))
    assert structures(lambda *words: ask(sandbox, *words), identity) == STRUCTURES[release[0]]
    sandbox.post("redis", {"do": "remove", "host": f"box-{release}"})


def test_the_option_sets_the_release_of_the_fleet(start_sandbox):
    seven = start_sandbox("--environment", "acme-workers=1", "--simulated", "--redis", "--sidekiq", "7.3")
    identity, = ask(seven, "SMEMBERS", "processes")
    assert json.loads(ask(seven, "HGET", identity, "info")[0])["version"] == "7.3.2"
    worker = seven.look("fleet")["environments"][0]["instances"][0]["workers"][0]
    assert worker["version"] == "7.3.2"


def test_a_job_has_a_secret_in_its_arguments(sandbox):
    identity = ask(sandbox, "SMEMBERS", "processes")[0]
    jobs = fields_of(ask(sandbox, "HGETALL", identity + ":workers"))
    payloads = [json.loads(json.loads(job)["payload"]) for job in jobs.values()]
    assert sorted(payload.get("wrapped", payload["class"]) for payload in payloads) == ["ImportJob", "MailJob", "ReportJob"]
    assert all(SECRET in json.dumps(payload["args"]) for payload in payloads)


@pytest.mark.parametrize("folder, release", [("root", "6.4"), ("trixie", "7.3"), ("forky", "8.1")])
def test_sidekiq_s_own_client_reads_it(start_sandbox, folder, release):
    """The real one, in the folder that the instances' tests made of it."""
    root = ROOT / "build/instances" / folder
    if os.geteuid() != 0 or not root.exists():
        pytest.skip(f"needs root, and {root} (sandbox/instances/root)")
    simulated = start_sandbox("--environment", "acme-workers=2:pair", "--simulated", "--redis", "--sidekiq", release)
    simulated.post("redis", {"do": "set", "queues": {"default": 7}, "schedule": 1, "retry": 2, "dead": 3, "frozen": True})
    script = (HERE / "read_by_sidekiq.rb").read_text()
    done = subprocess.run(["chroot", str(root), "/usr/bin/ruby", "-"], input=script, capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/sbin:/usr/bin:/bin", "REDIS_URL": simulated.exports["SIDEKIQ_REDIS_URL"]})
    assert done.returncode == 0, done
    seen = json.loads(done.stdout.splitlines()[-1])
    hosts = {f"ip-10-0-0-{number}.ec2.internal" for number in (4, 5)}
    assert seen["version"].startswith(release)
    assert {tuple(one[:2]) for one in seen["processes"]} == {(host, pid) for host in hosts for pid in (812, 819)}
    assert {tuple(one[2:5]) for one in seen["processes"]} == {(3, False, 5)}
    assert seen["processes"][0][5] == ["default", "mailers"]
    assert len(seen["jobs"]) == 12 and all(abs(time.time() - job[3]) < 60 for job in seen["jobs"])
    assert {tuple(job[1:3]) for job in seen["jobs"]} == {("ReportJob", "default"), ("ImportJob", "mailers"),
                                                         ("MailJob", "default")}
    assert {job[0] for job in seen["jobs"]} == {f"{host}:{pid}" for host in hosts for pid in (812, 819)}
    assert (seen["queues"], seen["sets"]) == ({"default": 7, "mailers": 0}, [1, 2, 3])


# --- the bytes, beside those of a real Redis


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """(port, password) of a redis-server."""
    port = free_port()
    password = secrets.token_hex(16)
    folder = tmp_path_factory.mktemp("redis")
    with open(folder / "log", "w") as log:
        server = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "redis-server", "-"], stdin=subprocess.PIPE, stdout=log, text=True)
    server.stdin.write(f'port {port}\nbind 127.0.0.1\nrequirepass {password}\nsave ""\ndir "{folder}"\n')
    server.stdin.close()
    deadline = time.monotonic() + 20
    while True:
        try:
            Wire(port)
            break
        except OSError:
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)
    yield port, password
    server.terminate()
    server.wait(20)


def copy(sandbox, port, password):
    """Every key of the simulated Redis into the real one."""
    wire = Wire(port, ("AUTH", password), ("FLUSHALL",))
    for name in ("processes", "queues", "paused"):
        for member in ask(sandbox, "SMEMBERS", name):
            if member:
                wire.ask("SADD", name, member)
    for identity in ask(sandbox, "SMEMBERS", "processes"):
        for key in (identity, identity + ":workers"):
            fields = [word for pair in fields_of(ask(sandbox, "HGETALL", key)).items() for word in pair]
            wire.ask("HSET", key, *fields)
    for name in ask(sandbox, "SMEMBERS", "queues"):
        for number in range(int(ask(sandbox, "LLEN", f"queue:{name}")[0])):
            wire.ask("LPUSH", f"queue:{name}", number)
    for number in range(int(ask(sandbox, "ZCARD", "retry")[0])):
        wire.ask("ZADD", "retry", number, number)


COMMANDS = """
PING | PING x | PING a b | ECHO hi | ECHO | EXISTS | EXISTS ID none ID queues | TYPE processes | TYPE ID | TYPE none
TYPE queue:default | TYPE queue:mailers | TYPE retry | TYPE dead | SMEMBERS paused | SMEMBERS none | SMEMBERS ID
SMEMBERS queues | SMEMBERS processes | SMEMBERS | SCARD processes | SCARD queue:default | SISMEMBER processes ID
SISMEMBER processes x | HGET ID busy | HGET ID nothing | HGET none busy | HGET processes x | HGET ID | HMGET ID info busy x
HMGET none a b | HMGET ID | HMGET retry x | HGETALL ID | HGETALL ID:workers | HGETALL none | HGETALL processes | HLEN ID
HLEN none | HEXISTS ID busy | HEXISTS ID x | HSCAN ID 0 | HSCAN ID 0 MATCH b* | HSCAN none 0 | HSCAN ID x | HSCAN processes 0
LLEN queue:default | LLEN queue:mailers | LLEN none | LLEN processes | ZCARD retry | ZCARD dead | ZCARD ID | SSCAN paused 0
SSCAN paused 0 MATCH x* COUNT 5 | SSCAN paused 0 COUNT 0 | SSCAN paused 0 COUNT x | SSCAN paused 0 NOVALUES | SSCAN paused x
SSCAN none 0 | SSCAN ID 0 | SELECT 1 | SELECT 15 | SELECT 16 | SELECT -1 | SELECT x | SELECT | TIME x | WHATEVER | WHATEVER a b
hgetall | Frobnicate ONE two | QUIT | HELLO 4 | HELLO x | HELLO 3 NONSENSE | HELLO 3 AUTH default wrong | HELLO 2
HELLO 3 SETNAME me | AUTH wrong | AUTH nobody PASSWORD | AUTH a b c | AUTH default PASSWORD | CLIENT SETNAME me | CLIENT ID x
CLIENT NONSENSE | HELLO
"""


def commands():
    return [text.split() for line in COMMANDS.strip().splitlines() for text in line.split(" | ")]


def comparable(reply):
    """Without what differs from server to server, and without the order of a set or a hash."""
    reply = re.sub(rb"(\$7\r\nversion\r\n\$\d+\r\n)[^\r]+", rb"\1...", reply)
    reply = re.sub(rb"(\$2\r\nid\r\n):\d+", rb"\1:1", reply)
    reply = re.sub(rb"\$\d+\r\n\.\.\.", b"...", reply)
    head, _, rest = reply.partition(b"\r\n")
    return (head, sorted(rest.split(b"\r\n"))) if head[:1] in b"*~%" else reply


def answers(port, password, identity, protocol):
    found = {}
    for words in commands():
        said = [identity + word[2:] if re.match("ID(:|$)", word) and words[0] != "CLIENT" else
                password if word == "PASSWORD" else word for word in words]
        wire = Wire(port, ("HELLO", protocol, "AUTH", "default", password))
        found[" ".join(words)] = comparable(wire.ask(*said))
    return found


@pytest.mark.parametrize("protocol", [2, 3])
def test_its_replies_are_those_of_a_real_redis(sandbox, real, protocol):
    sandbox.post("redis", {"do": "set", "queues": {"default": 3, "mailers": 0}, "paused": ["mailers"], "retry": 2,
                           "frozen": True})
    # A heartbeat between the two would be a difference.
    sandbox.post("redis", {"do": "add", "host": "still", "busy": 2, "up_for": 100, "fields": {"beat": "1796023075.5"}})
    identity, = (one for one in ask(sandbox, "SMEMBERS", "processes") if one.startswith("still:"))
    copy(sandbox, *real)
    wanted = answers(*real, identity, protocol)
    seen = answers(sandbox.exports["SNOW_WHITE_REDIS_PORT"], sandbox.exports["REDISCLI_AUTH"], identity, protocol)
    sandbox.post("redis", {"do": "remove", "host": "still"})
    assert not {name: (seen[name], wanted[name]) for name in wanted if seen[name] != wanted[name]}


FIRST_BYTES = [request("PING"), request("HGET", "x", "y"), request("HELLO"), request("HELLO", 3), request("AUTH", "wrong"),
               request("AUTH"), request("NONSENSE"), b"PING\r\n", b"  \r\nPING\r\n", b"*0\r\nPING\r\n", b"*x\r\n",
               b"*1\r\n+PING\r\n", b"*1\r\n$x\r\n", b"*2000000\r\n", b"*3000000000\r\n", b"*11\r\n", b"*1\r\n$16385\r\n", b"*1\r\n$-1\r\n",
               b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"*-1\r\nPING\r\n", b"*1\r\n$4\r\nPI",
               request("QUIT") + request("PING")]


@pytest.mark.parametrize("data", FIRST_BYTES, ids=lambda data: data[:24].decode().replace("\r\n", " "))
def test_a_stranger_gets_what_a_real_redis_says(sandbox, real, data):
    if data.endswith(b"PI"):  # a part of a request is no request
        wire = Wire(sandbox.exports["SNOW_WHITE_REDIS_PORT"])
        wire.socket.sendall(data)
        time.sleep(0.1)
        assert wire.send(b"NG\r\n") == b"-NOAUTH Authentication required.\r\n"
        return
    port = sandbox.exports["SNOW_WHITE_REDIS_PORT"]
    assert Wire(port).send(data, 0.3) == Wire(real[0]).send(data, 0.3)


def test_requests_in_one_go_are_answered_in_order(sandbox):
    wire = Wire(sandbox.exports["SNOW_WHITE_REDIS_PORT"], ("AUTH", sandbox.exports["REDISCLI_AUTH"]))
    assert wire.send(request("PING") + request("SELECT", 1) + request("SCARD", "processes") + request("SELECT", 0) +
                     request("SCARD", "processes")) == b"+PONG\r\n+OK\r\n:0\r\n+OK\r\n:6\r\n"


# --- processes on no instance, and faults


def test_a_process_on_no_instance_comes_and_goes(sandbox):
    sandbox.post("redis", {"do": "add", "host": "console-1", "pid": 77, "queues": ["default", "low"], "busy": 2,
                           "up_for": 7200, "embedded": True, "sidekiq": "7.3", "fields": {"rss": "many"}})
    identity, = (one for one in ask(sandbox, "SMEMBERS", "processes") if one.startswith("console-1:77:"))
    fields = fields_of(ask(sandbox, "HGETALL", identity))
    info = json.loads(fields["info"])
    assert (info["embedded"], info["queues"], fields["busy"], fields["rss"]) == (True, ["default", "low"], "2", "many")
    assert 7190 < time.time() - info["started_at"] < 7300 and abs(time.time() - float(fields["beat"])) < 11
    assert len(fields_of(ask(sandbox, "HGETALL", identity + ":work"))) == 2
    sandbox.post("redis", {"do": "remove", "host": "console-1"})
    assert not [one for one in ask(sandbox, "SMEMBERS", "processes") if one.startswith("console-1")]


def test_a_ghost_has_a_name_and_no_hash(sandbox):
    sandbox.post("redis", {"do": "add", "host": "gone-1", "ghost": True})
    identity, = (one for one in ask(sandbox, "SMEMBERS", "processes") if one.startswith("gone-1:"))
    assert ask(sandbox, "EXISTS", identity) == ["0"]
    sandbox.post("redis", {"do": "remove", "host": "gone-1"})


@pytest.mark.parametrize("asked", [{"do": "dance"}, {"do": "add"}, {"do": "remove", "host": "nobody"}, [],
                                   {"do": "break", "how": "gently"}, {"do": "add", "host": "x", "sidekiq": "9"},
                                   {"do": "add", "host": "x", "fields": {"busy": 7}}, {"do": "add", "host": "x", "busy": -1},
                                   {"do": "set", "retry": "many"}], ids=str)
def test_what_it_is_asked_wrongly_is_refused(sandbox, asked):
    with pytest.raises(urllib.error.HTTPError) as refused:
        sandbox.post("redis", asked)
    assert refused.value.code == 400 and json.loads(refused.value.read())["message"]
    assert ask(sandbox, "SCARD", "processes") == ["6"]


@pytest.fixture
def broken(sandbox):
    def give(how, **more):
        sandbox.post("redis", {"do": "break", "how": how, **more})
        return sandbox

    yield give
    sandbox.post("redis", {"do": "repair"})


def test_it_refuses_connections_until_it_is_repaired(sandbox, broken):
    port = sandbox.exports["SNOW_WHITE_REDIS_PORT"]
    before = Wire(port, ("AUTH", sandbox.exports["REDISCLI_AUTH"]))
    for _ in range(2):
        broken("refuse")
        with pytest.raises(ConnectionRefusedError):
            Wire(port)
        assert before.socket.recv(1) == b"", "the connection that there was stays open"
        sandbox.post("redis", {"do": "repair"})
        before = Wire(port, ("AUTH", sandbox.exports["REDISCLI_AUTH"]))
        assert before.ask("PING") == b"+PONG\r\n"


@pytest.mark.parametrize("how, reply", [("cut", b":6(closed)"), ("garbage", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
                                        ("loading", b"-LOADING Redis is loading the dataset in memory\r\n"),
                                        ("denied", b"-NOPERM this user has no permissions to run the 'scard' command\r\n")])
def test_it_is_broken_once(sandbox, broken, how, reply):
    broken(how, on="SCARD", times=1)
    login = ("AUTH", sandbox.exports["REDISCLI_AUTH"])
    wire = Wire(sandbox.exports["SNOW_WHITE_REDIS_PORT"], login)
    assert wire.ask("PING") == b"+PONG\r\n", "another command than SCARD"
    assert wire.ask("SCARD", "processes") == reply
    assert Wire(sandbox.exports["SNOW_WHITE_REDIS_PORT"], login).ask("SCARD", "processes") == b":6\r\n"


def test_it_does_not_answer(sandbox, broken):
    wire = Wire(sandbox.exports["SNOW_WHITE_REDIS_PORT"], ("AUTH", sandbox.exports["REDISCLI_AUTH"]))
    broken("hang")
    wire.socket.sendall(request("PING"))
    wire.socket.settimeout(1)
    with pytest.raises(TimeoutError):
        wire.socket.recv(1)


def test_after_a_restart_connections_are_closed_and_queues_are_empty(sandbox):
    sandbox.post("redis", {"do": "set", "queues": {"default": 5}, "frozen": True})
    wire = Wire(sandbox.exports["SNOW_WHITE_REDIS_PORT"], ("AUTH", sandbox.exports["REDISCLI_AUTH"]))
    sandbox.post("redis", {"do": "restart"})
    assert wire.ask("PING") == b"(closed)"
    assert ask(sandbox, "LLEN", "queue:default") == ["0"]
    deadline = time.monotonic() + 20
    while ask(sandbox, "SCARD", "processes") != ["6"]:  # after the next beat of each
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_it_counts_what_it_was_asked(start_sandbox):
    fresh = start_sandbox("--environment", "acme-workers=1", "--simulated", "--redis")
    ask(fresh, "SMEMBERS", "processes")
    ask(fresh, "FLUSHALL", check=False)
    assert fresh.look("redis") == {"commands": {"AUTH": 2, "SMEMBERS": 1, "FLUSHALL": 1}, "connections": 2, "trouble": "none"}


# --- by the ten thousand


@pytest.mark.timeout(300)
def test_ten_thousand_processes_are_read_in_two_round_trips(start_sandbox):
    large = start_sandbox("--environment", "acme-workers=10000", "--simulated", "--redis")
    wire = Wire(large.exports["SNOW_WHITE_REDIS_PORT"], ("AUTH", large.exports["REDISCLI_AUTH"]))
    began = time.monotonic()
    identities = [line.decode() for line in wire.send(request("SMEMBERS", "processes"), 1).split(b"\r\n")[2::2]]
    assert len(set(identities)) == 10_000
    wanted = b"".join(request("HMGET", one, "info", "busy", "beat", "quiet") + request("HGETALL", one + ":workers")
                      for one in identities)
    seen = read_replies(wire, wanted, 20_000)
    seconds = time.monotonic() - began
    assert seen.count(b'"hostname"') == 10_000 and seen.count(b"run_at") == 30_000
    assert seconds < 60, f"{seconds:.1f} s"
    pages, cursor = [], "0"
    while True:
        cursor, *page = ask(large, "SSCAN", "processes", cursor, "COUNT", 1000)
        pages += page
        if cursor == "0":
            break
    assert sorted(pages) == sorted(identities)


def read_replies(wire, data, count):
    """Sends while it reads: neither side keeps that much in its buffers. Until `count` arrays have
    come."""
    wire.socket.settimeout(60)
    seen, sent, arrays = [], 0, 0
    wire.socket.setblocking(False)
    deadline = time.monotonic() + 120
    while arrays < count:
        assert time.monotonic() < deadline, f"{arrays} of {count} replies"
        try:
            if sent < len(data):
                sent += wire.socket.send(data[sent:sent + 65_536])
        except BlockingIOError:
            pass
        try:
            seen.append(wire.socket.recv(1 << 20))
            arrays += len(re.findall(rb"(?<=\n)\*|^\*", seen[-1]))
        except BlockingIOError:
            time.sleep(0.001)
    time.sleep(0.5)
    try:
        seen.append(wire.socket.recv(1 << 20))
    except BlockingIOError:
        pass
    return b"".join(seen)


# --- the stack


def test_a_task_is_given_the_url(start_sandbox, tmp_path):
    """By the secret of the stack that was deployed with the parameter; and nobody is shown it."""
    written, program = tmp_path / "environment", tmp_path / "program"
    program.write_text(f"#!/bin/sh\nenv >{written}.new\nmv {written}.new {written}\n")
    program.chmod(0o755)
    given = start_sandbox("--environment", "acme-workers=1", "--simulated", "--redis", "--program", str(program))
    exports = given.exports
    network = {"subnets": [exports["subnet_id"]], "securityGroups": [exports["sec_group"]], "assignPublicIp": "ENABLED"}
    make_client(given, "ecs").run_task(cluster="snow-white", taskDefinition="snow-white", launchType="FARGATE", startedBy="alice",
                                       networkConfiguration={"awsvpcConfiguration": network})
    deadline = time.monotonic() + 60
    while not written.exists():
        assert time.monotonic() < deadline, given.where()
        time.sleep(0.1)
    assert f"SIDEKIQ_REDIS_URL={exports['SIDEKIQ_REDIS_URL']}" in written.read_text().splitlines()
    stacks = make_client(given, "cloudformation").describe_stacks()["Stacks"]
    assert exports["REDISCLI_AUTH"] not in json.dumps(stacks, default=str) + given.get("/_sandbox/requests")
