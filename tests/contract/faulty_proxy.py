"""A faulty connection to AWS: a proxy that passes requests to a sandbox, and for chosen actions
loses the answer, refuses, or answers in the service's place.

In: faults by action, each a list that is used up call by call. Out: the requests, raw and whole.
The Host header stays as it was signed."""

import http.client
import json
import socket
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def json_error(code, message="as the test wants it", status=400):
    return status, "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})


def json_answer(value):
    return 200, "application/x-amz-json-1.1", json.dumps(value)


def query_error(code, message="as the test wants it", status=403):
    return status, "text/xml", (f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>"
                                "</Error><RequestId>0b</RequestId></ErrorResponse>")


def ec2_error(code, message="as the test wants it", status=403):
    return status, "text/xml", (f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
                                "<RequestID>0b</RequestID></Response>")


LOST = "the request arrives, its answer does not"
HANG = "the request arrives, and no answer ever does"
ALWAYS = 1000


class FaultyProxy:
    def __init__(self, sandbox, **faults):
        """faults: RunTask=[LOST, json_error(…)] loses the first answer, refuses the second, passes
        the rest."""
        self.target = urllib.parse.urlsplit(sandbox.url)
        self.faults = {action: list(planned) for action, planned in faults.items()}
        self.seen = []      # actions, in the order they came
        self.requests = []  # {"method", "path", "headers", "body"} of each, as it came
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.ahead = 0      # by how many seconds the Date of its own answers is ahead of ours
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.http.daemon_threads = True

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def wait_for(self, action, seconds=30):
        deadline = time.monotonic() + seconds
        while action not in self.seen:
            assert time.monotonic() < deadline, f"wanted a {action}, seen {self.seen}"
            time.sleep(0.05)

    def next_fault(self, action):
        with self.lock:
            self.seen.append(action)
            planned = self.faults.get(action, [])
            return planned.pop(0) if planned else None


def handler_for(proxy):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = self.headers.get("X-Amz-Target", "").partition(".")[2]
            action = target or dict(urllib.parse.parse_qsl(body.decode(errors="replace"))).get("Action", self.path)
            proxy.requests.append({"method": self.command, "path": self.path, "headers": dict(self.headers.items()),
                                   "body": body.decode(errors="replace")})
            fault = proxy.next_fault(action)
            if fault is HANG:
                proxy.ended.wait(120)
                self.close_connection = True
                return
            if fault is None or fault is LOST:
                answer = self.ask(body)
            else:
                answer = (*fault[:2], fault[2].encode())
            if fault is LOST:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self.answer(*answer)

        def ask(self, body):
            connection = http.client.HTTPConnection(proxy.target.hostname, proxy.target.port, timeout=30)
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            got = answer.status, answer.headers.get("Content-Type", ""), answer.read()
            connection.close()
            return got

        def answer(self, status, content_type, body):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET = pass_on

        def date_time_string(self, timestamp=None):
            return super().date_time_string((timestamp or time.time()) + proxy.ahead)

        def log_message(self, *_):
            pass

    return Handler
