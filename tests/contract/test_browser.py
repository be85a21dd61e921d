"""A web page in the user's browser, played with raw HTTP: what it can make the browser send to a
sandbox on this machine, and that it neither learns nor changes anything by it. The sandbox's own
page, in a real browser, and the documented clients go on working."""

import contextlib
import http.client
import json
import re
import socket
import time

import pytest

from browser import drawn
from clients import make_client, run_aws
from programs import snow_white

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=1", "--simulated", "--drain", "1s"]
WEBHOOK = "/services/T0SANDBOX/B0SANDBOX/secret"
FORM = "Content-Type: application/x-www-form-urlencoded"
TEXT = "Content-Type: text/plain"
SENT = json.dumps({"text": "from a foreign page"})


def ask(sandbox, target, *headers, method="GET", body=""):
    """Sends exactly these header lines, and reads until the sandbox closes. -> (status, headers,
    body)"""
    length = [f"Content-Length: {len(body)}"] if body or method == "POST" else []
    lines = [f"{method} {target} HTTP/1.1", *headers, *length, "Connection: close", "", body]
    return exchange(sandbox, "\r\n".join(lines))


def exchange(sandbox, text):
    host, port = sandbox.url.rpartition("/")[2].split(":")
    seen = b""
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(text.encode())
        # The sandbox may close it with something unread.
        with contextlib.suppress(ConnectionResetError):
            while data := connection.recv(65536):
                seen += data
    head, _, body = seen.decode(errors="replace").partition("\r\n\r\n")
    return int(head.split()[1]), head, body


@pytest.fixture
def port(sandbox):
    return sandbox.url.rpartition(":")[2]


def state_of(sandbox):
    return [sandbox.look(page) for page in ("slack", "fleet", "stats")]


def refused(answer, *words):
    status, head, body = answer
    assert status == 403, f"wanted 403, seen {status}: {body[:300]}"
    assert body.count("\n") == 1 and body.endswith("\n") and len(body) < 400, f"wanted one line, seen {body!r}"
    for word in words:
        assert word in body, f"wanted {word!r} in {body!r}"
    assert "Access-Control" not in head


FOREIGN_HOSTS = ["evil.example:{port}", "evil.example", "127.0.0.1.evil.example:{port}", "localhost.evil.example:{port}",
                 "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}0", "127.0.0.2:{port}", "0.0.0.0:{port}", "localhost", "localhost.:{port}",
                 "192.168.1.7:{port}", "2130706433:{port}", "[::2]:{port}", "[::ffff:127.0.0.1]:{port}", "::1:{port}",
                 "localhost%00.evil.example:{port}", "localhost%00:{port}",
                 "evil@127.0.0.1:{port}", "127.0.0.1:{port}@evil.example", "127.0.0.1:{port}, evil.example", ""]
PAGES = ["/", "/_sandbox/requests", "/_sandbox/slack", "/_sandbox/fleet", "/v4/x/task", "/_ecs/credentials/x", "/nothing"]


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_reads_nothing(sandbox, port, host):
    """DNS rebinding: the page's own name resolves to 127.0.0.1, so the browser sees no foreign
    origin."""
    foreign = host.format(port=port)
    refused(ask(sandbox, "/_sandbox/fleet", f"Host: {foreign}"), f"127.0.0.1:{port}", foreign.replace("%00", "?"))


@pytest.mark.parametrize("path", PAGES)
def test_a_foreign_host_gets_no_page(sandbox, port, path):
    refused(ask(sandbox, path, f"Host: evil.example:{port}"))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_rebinding_by_any_method_changes_nothing(sandbox, port, method):
    """The rebound page is of the same origin: Origin and Sec-Fetch-Site say so."""
    before = state_of(sandbox)
    refused(ask(sandbox, WEBHOOK, f"Host: evil.example:{port}", f"Origin: http://evil.example:{port}", "Sec-Fetch-Site: same-origin",
                TEXT, method=method, body=SENT))
    assert state_of(sandbox) == before


def test_the_host_is_named_once(sandbox, port):
    refused(ask(sandbox, "/"), "Host")
    refused(ask(sandbox, "/", f"Host: 127.0.0.1:{port}", "Host: evil.example"), "Host")
    refused(ask(sandbox, "/", "Host: evil.example", f"Host: 127.0.0.1:{port}"), "Host")
    refused(ask(sandbox, "/", f"Host: 127.0.0.1:{port}", f"host: 127.0.0.1:{port}"), "Host")


@pytest.mark.parametrize("header", ["Origin: http://evil.example", "Origin: https://evil.example", "Origin: null",
                                    "Origin: http://evil.example:{port}", "Origin: https://127.0.0.1:{port}", "Origin: http://127.0.0.1",
                                    "Origin: http://127.0.0.1:1", "Origin: http://127.0.0.1:{port}.evil.example", "Origin: file://",
                                    "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_page_is_refused(sandbox, port, header, method):
    before = state_of(sandbox)
    refused(ask(sandbox, WEBHOOK, f"Host: 127.0.0.1:{port}", header.format(port=port), TEXT, method=method, body=SENT))
    assert state_of(sandbox) == before


@pytest.mark.parametrize("origins", [("http://127.0.0.1:{port}", "http://evil.example"), ("http://evil.example", "http://127.0.0.1:{port}")])
def test_two_origins_are_refused(sandbox, port, origins):
    refused(ask(sandbox, "/", f"Host: 127.0.0.1:{port}", *(f"Origin: {one.format(port=port)}" for one in origins)), "Origin")


@pytest.mark.parametrize("path, body", [
    (WEBHOOK, "payload=" + SENT), ("/api/auth.test", "token=xoxb-sandbox-secret"),
    ("/_sandbox/withhold", '{"caller": "user/alice", "actions": ["ecs:RunTask"], "x": "="}'),
    ("/_sandbox/faults", '["ssm:*=throttled"]'), ("/_sandbox/slack/fail", '{"status": 503, "times": 9}'),
    ("/_sandbox/instances", '{"do": "terminate", "instances": []}'), ("/", "Action=GetCallerIdentity&Version=2011-06-15")])
def test_a_foreign_form_changes_nothing(sandbox, port, path, body):
    before = state_of(sandbox)
    refused(ask(sandbox, path, f"Host: localhost:{port}", "Origin: http://evil.example", FORM, method="POST", body=body), "Origin")
    refused(ask(sandbox, path, f"Host: localhost:{port}", "Sec-Fetch-Site: cross-site", TEXT, method="POST", body=body), "Sec-Fetch-Site")
    assert state_of(sandbox) == before


def test_a_preflight_is_refused(sandbox, port):
    refused(ask(sandbox, "/_sandbox/faults", f"Host: 127.0.0.1:{port}", "Origin: http://evil.example",
                "Access-Control-Request-Method: POST", method="OPTIONS"))


LONG = 20_000       # characters: more than the server accepts in a line
# bytes: the server's library drops up to this many with a request that it refuses, and reads on
# after them
READ_AHEAD = 4096


def with_others_inside(head, inner):
    """A request whose body is another request, at every place where the server might read on."""
    body = "x" * (-len(head + "Content-Length: 12345\r\n\r\n") % READ_AHEAD) + inner.ljust(READ_AHEAD, "x") * 8
    return f"{head}Content-Length: {len(body):05}\r\n\r\n{body}"


@pytest.mark.parametrize("what, target, lines", [
    ("a foreign page", "/", ["Origin: http://evil.example", TEXT]),
    ("a target too long to be read", "/" + "x" * LONG, ["Origin: http://evil.example", TEXT]),
    ("a header too long to be read", "/", ["Origin: http://evil.example", TEXT, "Cookie: " + "x" * LONG]),
    ("a range that is none", "/", ["Origin: http://evil.example", TEXT, "Range: none"]),
    ("a form without its boundary", "/", ["Origin: http://evil.example", "Content-Type: multipart/form-data"]),
    ("a form in parts, of nobody", "/", ["Content-Type: multipart/form-data; boundary=x"]),
    ("a form in parts without its boundary, of nobody", "/", ["Content-Type: multipart/form-data"]),
    ("a target too long to be read, of nobody", "/" + "x" * LONG, [])])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_is_never_the_next_request(sandbox, port, what, target, lines, method):
    """A page chooses the body: it contains a request with the right Host, for a server that reads
    on after a refusal."""
    before = state_of(sandbox)
    inner = (f"POST {WEBHOOK} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
             f"Content-Length: {len(SENT)}\r\nConnection: close\r\n\r\n{SENT}")
    head = "\r\n".join([f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{port}", *lines, ""])
    status, _, seen = exchange(sandbox, with_others_inside(head, inner))
    assert state_of(sandbox) == before
    assert status >= 400 and "HTTP/1.1" not in seen, seen


# --- what still works

@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}", "[::1]:{port}"])
def test_a_loopback_host_is_answered(sandbox, port, host):
    own = host.format(port=port)
    assert ask(sandbox, "/", f"Host: {own}")[0] == 200
    assert ask(sandbox, "/", f"Host: {own}", f"Origin: http://{own.lower()}", "Sec-Fetch-Site: same-origin")[0] == 200
    assert ask(sandbox, "/", f"Host: {own}", "Sec-Fetch-Site: none")[0] == 200


def test_the_page_as_a_browser_has_it(sandbox, port):
    """Typed by a person; what its script and its picture ask for."""
    status, head, _ = ask(sandbox, "/", f"Host: localhost:{port}", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate",
                          "Sec-Fetch-Dest: document", "Upgrade-Insecure-Requests: 1")
    assert status == 200 and "text/html; charset=utf-8" in head
    of_the_page = [f"Host: localhost:{port}", "Sec-Fetch-Site: same-origin", f"Referer: http://localhost:{port}/"]
    for asked, mode in (("/_sandbox/fleet", "cors"), ("/_sandbox/slack", "cors"), ("/_sandbox/emoji/snowwhite.png", "no-cors")):
        assert ask(sandbox, asked, *of_the_page, f"Sec-Fetch-Mode: {mode}")[0] == 200
    assert all("acme-workers" in drawn(f"http://{host}:{port}/") for host in ("localhost", "127.0.0.1"))


def test_its_own_page_may_post(sandbox, port):
    origin = f"http://127.0.0.1:{port}"
    answer = ask(sandbox, "/_sandbox/faults", f"Host: 127.0.0.1:{port}", f"Origin: {origin}", TEXT, method="POST", body="[]")
    assert answer[0] == 200, answer


def test_connections_are_kept_after_errors_of_aws(sandbox, port):
    """Only a request that was refused unread ends its connection."""
    one = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1\r\n\r\nx"
    last = f"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    host, number = sandbox.url.rpartition("/")[2].split(":")
    with socket.create_connection((host, int(number)), timeout=10) as connection:
        for text in (one, last):
            connection.sendall(text.encode())
            answer = http.client.HTTPResponse(connection)
            answer.begin()  # fails where the connection was not kept
            body = answer.read()  # a body may come in a packet of its own
            assert 400 <= answer.status < 500, (answer.status, body)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_documented_clients(sandbox, port, name):
    url = f"http://{name}:{port}"
    assert make_client(sandbox, "sts", endpoint_url=url).get_caller_identity()["Account"] == "123456789012"
    done = run_aws(sandbox, "sts", "get-caller-identity", AWS_ENDPOINT_URL=url)
    assert done.returncode == 0, done.stderr
    seen = snow_white(sandbox, "-a", "status", "-e", "workers", "-f", "staging", "-p", "acme", "-r", "us-east-1",
                      AWS_ENDPOINT_URL=url)
    assert seen.code == 0, seen


def test_a_relay_is_answered_where_it_was_announced(sandbox, start_sandbox, port):
    behind = start_sandbox(*SANDBOX_ARGUMENTS, "--relayed")
    for host in ("127.0.0.1:1", "127.0.0.10:4711", "localhost:1", "[::1]:1"):
        refused(ask(sandbox, "/", f"Host: {host}"), "--relayed")
        assert ask(behind, "/", f"Host: {host}", f"Origin: http://{host}")[0] == 200, host
    for host in ("evil.example:1", "127.0.0.1.evil.example:1", "10.0.0.1:1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:1:1", "0177.0.0.1:1",
                 "localhost.evil.example", "[::2]:1", "127.1:1", "127.0.0.1%00:1", "127.0.0.1%00evil:1", ""):
        refused(ask(behind, "/", f"Host: {host}"))
    refused(ask(behind, "/", "Host: 127.0.0.1:1", "Origin: http://127.0.0.1:2"), "Origin")


# --- a task's credentials

def test_the_credentials_of_a_task_are_behind_a_secret(start_sandbox, tmp_path):
    """A task's ID is in its ARN, in logs and in Slack; only its environment has its credentials'
    URI."""
    program = tmp_path / "tells-its-environment"
    program.write_text("#!/bin/sh\nenv\nexec sleep 60\n")
    program.chmod(0o755)
    sandbox = start_sandbox(*SANDBOX_ARGUMENTS, "--program", str(program))
    ecs = make_client(sandbox, "ecs")
    network = {"awsvpcConfiguration": {"subnets": [sandbox.exports["subnet_id"]], "securityGroups": [sandbox.exports["sec_group"]]}}
    variables = [{"name": "WORKER_ACTION", "value": "quiet"}, {"name": "EB_APP_NAME", "value": "acme"}]
    ids = []
    for _ in range(2):
        [task] = ecs.run_task(cluster="snow-white", taskDefinition="snow-white", launchType="FARGATE", networkConfiguration=network,
                              overrides={"containerOverrides": [{"name": "snow-white", "environment": variables}]})["tasks"]
        ids.append(task["taskArn"].rpartition("/")[2])
    host = "Host: " + sandbox.url.rpartition("/")[2]
    secrets = [wait_for_credentials_path(sandbox, one) for one in ids]
    for one in ids:
        assert ask(sandbox, f"/_ecs/credentials/{one}", host)[0] == 404
        assert ask(sandbox, f"/v4/{one}/task", host)[0] == 200
    assert len(set(secrets)) == 2 and all(re.fullmatch("/_ecs/credentials/[0-9a-f]{64}", path) for path in secrets)
    for path in secrets:
        assert "SecretAccessKey" in ask(sandbox, path, host)[2]
        shown = json.dumps([ecs.describe_tasks(cluster="snow-white", tasks=ids)["tasks"]], default=str) + "".join(
            sandbox.get(f"/_sandbox/{page}") for page in ("requests", "stats", "slack", "fleet")) + sandbox.get("/")
        assert path.rpartition("/")[2] not in shown
    assert ask(sandbox, "/_ecs/credentials/", host)[0] == 404


def wait_for_credentials_path(sandbox, task_id):
    """The task's environment, as its program prints it."""
    log, deadline = sandbox.task_logs / f"task-{task_id}.log", time.monotonic() + 20
    while time.monotonic() < deadline:
        found = re.search(r"^AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[^/]+(/.*)$", log.read_text() if log.exists() else "", re.M)
        if found:
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"wanted the environment of task {task_id} in {log}. {sandbox.where()}")
