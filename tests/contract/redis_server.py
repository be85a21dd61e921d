"""A real redis-server on 127.0.0.1, with nothing on disk, and our reading program
(read_sidekiq.cpp), which gets the URL as the product does: in a variable."""

import os
import json
import pathlib
import socket
import subprocess
import time

from sandbox_process import BIN, clean_environment

READ = BIN / "read_sidekiq"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class RedisServer:
    def __init__(self, folder, *options, port=None, tls_port=0):
        self.folder, self.options = pathlib.Path(folder), options
        self.port, self.tls_port = free_port() if port is None else port, tls_port
        self.process = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(self.folder),
                   "--appendonly", "no", *self.options]
        path = f"{os.environ['PATH']}:/usr/sbin:/usr/bin"
        with open(self.folder / "redis.log", "w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={"PATH": path})
        deadline = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port or self.tls_port)) == 0:
                    return self
            time.sleep(0.02)
        raise AssertionError(f"redis-server does not start: {(self.folder / 'redis.log').read_text()}")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def call(self, *words, database=0, stdin=None):
        """By redis-cli, on the port without TLS."""
        command = ["redis-cli", "-h", "127.0.0.1", "-p", str(self.port), "-n", str(database), *map(str, words)]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=True, timeout=30)
        assert "ERR" not in done.stdout and not done.stderr, f"{words}: {done.stdout} {done.stderr}"
        return done.stdout.strip()

    def url(self, user="", rest=""):
        return f"redis://{user and user + '@'}127.0.0.1:{self.port}{rest}"


def read_sidekiq(url, *arguments, **environment):
    """-> exit code, standard output, standard error."""
    done = subprocess.run([READ, *arguments], capture_output=True, text=True, timeout=60,
                          env=clean_environment(SIDEKIQ_REDIS_URL=url, **environment))
    return done.returncode, done.stdout, done.stderr.strip()


def snapshot_of(url, *arguments, **environment):
    code, out, err = read_sidekiq(url, *arguments, **environment)
    assert code == 0, err
    return json.loads(out)
