"""moto, a local AWS that is not ours, as a server on a free port."""

import socket
import subprocess
import time

import boto3

from sandbox_process import LOGS, clean_environment

REGION = "us-east-1"


class MotoServer:
    def __init__(self, name, venv_bin):
        self.program = venv_bin / "moto_server"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = LOGS / f"{name}.log"

    def __enter__(self):
        LOGS.mkdir(parents=True, exist_ok=True)
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([self.program, "-H", "127.0.0.1", "-p", str(self.port)], stdout=log,
                                            stderr=log, env=clean_environment())
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"wanted moto on port {self.port} within 60 s; its log is {self.log}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def environment(self, **more):
        """The environment of a program that uses this server."""
        keys = {"AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "root", "AWS_SECRET_ACCESS_KEY": "root"}
        return clean_environment(**keys | {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION} | more)

    def client(self, service, region=REGION):
        return boto3.client(service, endpoint_url=self.url, region_name=region, aws_access_key_id="root",
                            aws_secret_access_key="root")
