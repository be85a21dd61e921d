"""-a jobs: a real Redis with what Sidekiq of three versions writes, read from where a person is.
No AWS: its address leads nowhere."""

import json
import os
import re
import signal
import socket
import time

import pytest

import sidekiq_redis
from process_watch import Processes
from programs import Running, run
from redis_server import free_port
from sandbox_process import PROGRAM, ROOT, clean_environment
from sidekiq_redis import SECRET, SidekiqRedis
from terminal import Terminal, is_restored

PASSWORD = "s3cr3t-of-redis"
READS = ["auth", "select", "time", "smembers", "hmget", "hgetall", "llen", "zcard"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    redis = SidekiqRedis(tmp_path_factory.mktemp("redis"), "--enable-debug-command", "local").start()
    yield redis
    redis.stop()


@pytest.fixture
def redis(server):
    server.empty()
    sidekiq_redis.fill(server)
    return server


def environment(url, **more):
    """No AWS: a call would be refused, and a file of keys is not there."""
    variables = clean_environment(AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_CONFIG_FILE="/nosuch", CI="", **more)
    return variables | ({"SIDEKIQ_REDIS_URL": url} if url else {})


def jobs(url, *arguments, **more):
    return run([PROGRAM, "-a", "jobs", *arguments], environment(url, **more))


def events_of(done):
    assert done.err == "", repr(done)
    return [json.loads(line) for line in done.out.splitlines()]


def test_the_table_and_the_sums(redis):
    done = jobs(redis.setting)
    assert done.code == 0 and done.err == "", repr(done)
    sums, *notes = done.out.splitlines()
    table = notes[-5:]
    assert sums == ("4 jobs run in 3 processes on 3 hosts; 5 wait in 2 queues (default 3, mailers 2 paused); 4 scheduled, "
                    "2 to be tried again, 1 dead")
    assert notes[:-5] == ["1 process is quiet: ip-10-0-0-7:700; 2 take jobs",
                          "1 process is embedded in another program: web-1:80",
                          "1 process is dead, without a sign of life for 60 s: ip-10-0-0-9:900"]
    assert table[0].split() == ["CLASS", "QUEUE", "SINCE", "ID", "WHERE"]
    rows = [line.split() for line in table[1:]]
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        ("ReportJob", "default", "aaaaaaaaaaaaaaaaaaaaaaa6", "ip-10-0-0-6:600"),
        ("ImportJob", "mailers", "aaaaaaaaaaaaaaaaaaaaaaa7", "ip-10-0-0-7:700"),
        ("Billing::InvoiceJob", "default", "bbbbbbbbbbbbbbbbbbbbbbb7", "ip-10-0-0-7:700"),
        ("MailJob", "default", "aaaaaaaaaaaaaaaaaaaaaaa8", "web-1:80")], "the longest first"
    since = [time.mktime(time.strptime(row[2], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone for row in rows]
    assert [round((time.time() - at) / 20) * 20 for at in since] == [9060, 240, 60, 0]


def test_an_empty_redis_has_nothing(server):
    server.empty()
    done = jobs(server.setting)
    assert done.code == 0 and done.out == ("no Sidekiq process is alive; none waits in 0 queues; 0 scheduled, 0 to be tried again, "
                                           "0 dead\n"), repr(done)


def test_json(redis):
    done = jobs(redis.setting, "--json")
    events = events_of(done)
    assert done.code == 0 and events[-1] | {"at": None} == {"v": 1, "event": "ended", "at": None, "code": 0, "name": "done"}
    running = [e for e in events if e["event"] == "job"]
    assert [(e["class"], e["host"], e["pid"], e["thread"]) for e in running] == [
        ("ReportJob", "ip-10-0-0-6", 600, "gn1t5a"), ("ImportJob", "ip-10-0-0-7", 700, "3bt7"),
        ("Billing::InvoiceJob", "ip-10-0-0-7", 700, "3bt8"), ("MailJob", "web-1", 80, "2gc")]
    assert abs(running[0]["seconds"] - 9060) < 20
    processes = {e["identity"]: e for e in events if e["event"] == "process"}
    assert [(p["version"], p["quiet"], p["embedded"], p["alive"]) for p in processes.values()] == [
        (None, False, False, True), ("7.3.9", True, False, True), ("8.1.7", False, True, True), (None, None, None, False)]
    assert {e["name"]: (e["waiting"], e["paused"]) for e in events if e["event"] == "queue"} == {
        "default": (3, False), "low": (0, False), "mailers": (2, True)}
    [sums] = [e for e in events if e["event"] == "jobs"]
    assert (sums["running"], sums["processes"], sums["hosts"], sums["dead_processes"], sums["waiting"], sums["scheduled"],
            sums["retries"], sums["dead"]) == (4, 3, 3, 1, 5, 4, 2, 1)


def test_no_argument_of_a_job_and_no_password_is_anywhere(redis, tmp_path):
    """Neither in the outputs, nor in a command line of any process, nor in a file of the folder; of
    the program's own environment other processes see nothing."""
    redis.only_reads("reader", PASSWORD, READS)
    try:
        with Processes() as seen:
            running = [Running([PROGRAM, "-a", "jobs", "--watch", "10s", *more], environment(redis.setting)) for more in ([], ["--json"])]
            for one in running:
                one.wait_for_output("MailJob")
                assert not readable(one.process.pid, "environ"), "it is not dumpable"
                one.process.send_signal(signal.SIGINT)
            done = [one.wait() for one in running]
        assert [one.code for one in done] == [8, 8], done
        wrong = jobs(redis.setting.replace(PASSWORD, PASSWORD + "x"))
        for secret in (SECRET, PASSWORD):
            assert not [one for one in [*done, wrong] if secret in one.text]
            assert not [line for line in seen.command_lines if secret.encode() in line]
    finally:
        redis.open_again()


def readable(pid, name):
    """As another process of the same user, without the rights of root."""
    child = os.fork()
    if child == 0:
        try:
            os.setgid(65534)
            os.setuid(65534)
            with open(f"/proc/{pid}/{name}", "rb") as file:
                os._exit(0 if file.read() else 1)
        except OSError:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_wrong_password_is_denied(redis):
    redis.only_reads("reader", PASSWORD, ["time"])
    try:
        done = jobs(redis.setting.replace(PASSWORD, "wrong-one"))
        assert done.code == 6 and f"127.0.0.1:{redis.port}" in done.err and "wrong-one" not in done.text, repr(done)
        assert len(done.err.splitlines()) == 1 and "ssh -L" not in done.err, "it was reached"
        without = jobs(f"redis://127.0.0.1:{redis.port}")
        assert without.code == 6 and "password" in without.err, repr(without)
        rights = jobs(redis.setting)
        assert rights.code == 6 and "docs/security.md" in rights.err, repr(rights)
    finally:
        redis.open_again()


def test_a_redis_that_cannot_be_reached():
    port = free_port()
    for url in (f"redis://reader:{PASSWORD}@127.0.0.1:{port}", f"rediss://:{PASSWORD}@127.0.0.1:{port}"):
        done = jobs(url)
        assert done.code == 9 and done.out == "" and PASSWORD not in done.text, repr(done)
        [line] = done.err.splitlines()
        assert f"127.0.0.1:{port}" in line and f"ssh -L {port}:127.0.0.1:{port} BASTION" in line and ("rediss://" in line or "/etc/hosts" in line)
    events = events_of(jobs(url, "--json"))
    assert [e["event"] for e in events] == ["error", "ended"] and events[-1]["name"] == "unavailable"


def test_a_redis_without_tls(redis):
    """It was reached: another way there would not help."""
    done = jobs(redis.setting.replace("redis:", "rediss:"))
    assert done.code == 9 and "TLS" in done.err and "ssh -L" not in done.err and len(done.err.splitlines()) == 1, repr(done)


def test_a_redis_that_hangs():
    """It takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        done = jobs(f"redis://127.0.0.1:{silent.getsockname()[1]}")
    assert done.code == 9 and time.monotonic() - began < 30, repr(done)
    assert len(done.err.splitlines()) == 1 and "ssh -L" not in done.err, repr(done)


@pytest.mark.parametrize("secret", [SECRET, PASSWORD])
def test_what_redis_says_wrong_is_not_repeated(redis, secret):
    """A key of another type, and one with a control character: the error is ours."""
    redis("DEL", "processes")
    redis("SET", "processes", f"\x1b[2J{secret}")
    done = jobs(redis.setting)
    assert done.code == 9 and secret not in done.text and "\x1b" not in done.text, repr(done)


def test_an_application_is_chosen(redis, tmp_path):
    setting = json.dumps({"shop": redis.setting, "acme": f"redis://:{PASSWORD}@127.0.0.1:1"})
    assert jobs(setting, "-p", "shop").code == 0
    assert jobs(setting, "-p", "acme").code == 9
    done = jobs(setting)
    assert done.code == 2 and "acme, shop" in done.err and PASSWORD not in done.text, repr(done)


@pytest.mark.parametrize("arguments, url, says", [
    ([], "", "SIDEKIQ_REDIS_URL is not set"),
    ([], f"http://:{PASSWORD}@127.0.0.1", "SIDEKIQ_REDIS_URL: "),
    (["-e", "workers", "-f", "staging", "-r", "us-east-1"], "redis://127.0.0.1:1", "leave out -e, -f, -r"),
    (["--wait"], "redis://127.0.0.1:1", "leave out --wait"),
    (["--here", "--yes"], "redis://127.0.0.1:1", "leave out --here, --yes"),
    (["--timeout", "1h"], "redis://127.0.0.1:1", "leave out --timeout"),
    (["--watch", "5s"], "redis://127.0.0.1:1", "write 10s or more"),
    (["--watch", "soon"], "redis://127.0.0.1:1", "is no duration"),
    (["redis://127.0.0.1:1"], "", "is left over")])
def test_wrong_input_is_one_line(arguments, url, says):
    done = jobs(url, *arguments)
    first, *usage = done.err.splitlines()
    assert done.code == 2 and done.out == "" and says in first and PASSWORD not in done.text, repr(done)
    assert not usage or usage[0].startswith("usage: "), repr(done)


def test_the_script_needs_no_settings_for_it(redis, tmp_path):
    (tmp_path / "snow-white").symlink_to(PROGRAM)
    done = run([ROOT / "snow-white.sh", "-a", "jobs"], environment(redis.setting, PATH=f"{tmp_path}:/usr/bin:/bin"))
    assert done.code == 0 and "4 jobs run" in done.out, repr(done)


def test_it_only_reads(redis):
    """As a user who may do nothing else; and nothing in Redis is another afterwards."""
    before = redis("DEBUG", "DIGEST")
    redis.only_reads("reader", PASSWORD, READS)
    try:
        assert jobs(redis.setting).code == 0 and redis("DEBUG", "DIGEST") == before
    finally:
        redis.open_again()


def test_watched_in_a_pipe(redis):
    """One below the other, with what has changed, also over a restart of Redis."""
    running = Running([PROGRAM, "-a", "jobs", "--watch", "10s"], environment(redis.setting))
    running.wait_for_output("MailJob")
    redis("DEL", "web-1:80:0123456789ab:work")
    redis("LPOP", "queue:default")
    running.wait_for_output("since ")
    running.process.send_signal(signal.SIGINT)
    done = running.wait()
    assert done.code == 8 and re.search(r"^since \d\d:\d\d:\d\d: 1 job ended, 1 fewer wait$", done.out, re.M), repr(done)
    assert len(re.findall(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", done.out, re.M)) == 2, repr(done)


def test_a_redis_that_restarts_meanwhile(tmp_path):
    redis = SidekiqRedis(tmp_path).start()
    try:
        sidekiq_redis.fill(redis)
        running = Running([PROGRAM, "-a", "jobs", "--watch", "10s"], environment(redis.setting))
        running.wait_for_output("MailJob")
        redis.stop()
        running.wait_for_output("; asking on")
        redis.start()
        running.wait_for_output("no Sidekiq process is alive")
        running.process.send_signal(signal.SIGINT)
        assert running.wait().code == 8
    finally:
        redis.stop()


@pytest.mark.parametrize("columns, lines", [(80, 24), (40, 8)])
def test_watched_on_a_terminal(redis, columns, lines):
    """In place; Ctrl-C restores the terminal, and prints all jobs."""
    terminal = Terminal([PROGRAM, "-a", "jobs", "--watch", "60s"], environment(redis.setting, TERM="xterm-256color"), columns, lines)
    terminal.until("ReportJob")
    display = terminal.screen.display
    assert display[0].startswith("4 jobs run"), display
    assert any(line.startswith("  2 h 31 min") and "ReportJob" in line for line in display), display
    assert terminal.shows("Ctrl-C ends it") == (lines == 24), display
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 8
    is_restored(terminal.raw)
    assert all(name in terminal.after for name in ("ReportJob", "ImportJob", "InvoiceJob", "MailJob")), terminal.after
