"""A connection to a sandbox that can be closed: while it is, nothing listens on its port, as when a
name is not resolved or a network is down. Closing it cuts the connections in progress. (The
sandbox's own no-connection is a reset.)"""

import contextlib
import socket
import socketserver
import threading


class ClosablePort:
    def __init__(self, sandbox):
        host, port = sandbox.url.rpartition("/")[2].split(":")
        self.target = host, int(port)
        self.port = 0  # until it is first open; then always the same
        self.connections = set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def open(self):
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), handler_for(self), bind_and_activate=False)
        self.server.daemon_threads = self.server.allow_reuse_address = True
        self.server.server_bind()
        self.server.server_activate()
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        self.open()
        return self

    def __exit__(self, *_):
        self.close()


def handler_for(port):
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            with socket.create_connection(port.target) as there:
                port.connections |= {self.request, there}
                back = threading.Thread(target=pass_on, args=(there, self.request), daemon=True)
                back.start()
                pass_on(self.request, there)
                back.join()
                port.connections -= {self.request, there}

    return Handler


def pass_on(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
