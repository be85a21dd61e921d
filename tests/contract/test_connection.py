"""How our calls connect: certificates, proxies, attempts, according to the environment and the
config file. The call is an AssumeRole of resolve_credentials, to a server with TLS of this test's
own."""

import http.server
import json
import select
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import credential_services
from sandbox_process import BIN, clean_environment

ROLE = "role_arn = arn:aws:iam::123456789012:role/{}\nsource_profile = base\nregion = eu-west-1\n"
BASE = "[base]\naws_access_key_id = AKBASE\naws_secret_access_key = basesecret\n"
HOST = "sts.snow-white.test"  # only the certificate and the proxy know it


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext",
                    f"subjectAltName=DNS:localhost,DNS:{HOST}", "-keyout", folder / "key", "-out", folder / "certificate"],
                   check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def secure(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate", certificate / "key")
    server = credential_services.start(context)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(secure):
    """Passes every CONNECT to the server with TLS; `seen` has the requested hosts."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.server.seen.append(self.path)
            self.send_error(502)

        def do_CONNECT(self):
            self.server.seen.append(self.path)
            with socket.create_connection(("127.0.0.1", secure.server_port)) as there:
                self.send_response(200)
                self.end_headers()
                ends = {self.connection: there, there: self.connection}
                while ready := select.select(list(ends), [], [], 10)[0]:
                    for end in ready:
                        if not (data := end.recv(65536)):
                            return
                        ends[end].sendall(data)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen, server.url = [], f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def resolve(tmp_path):
    """resolve(endpoint of STS, variables, more settings of the profile, role, command) is the
    answer, as JSON."""
    def run(endpoint, variables=None, more="", role="r", command=(str(BIN / "resolve_credentials"),)):
        (tmp_path / "config").write_text("[profile r]\n" + ROLE.format(role) + more)
        (tmp_path / "credentials").write_text(BASE)
        environment = clean_environment(AWS_CONFIG_FILE=str(tmp_path / "config"), HOME=str(tmp_path),
                                        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "credentials"),
                                        AWS_ENDPOINT_URL_STS=endpoint, **(variables or {}))
        environment = {k: v for k, v in environment.items() if k.lower() != "no_proxy" or k in (variables or {})}
        done = subprocess.run([*command, "r"], capture_output=True, text=True, timeout=60, env=environment,
                              stdin=subprocess.DEVNULL)
        return json.loads(done.stdout)
    return run


ONCE = {"AWS_MAX_ATTEMPTS": "1"}


def test_an_untrusted_certificate_is_not_accepted(secure, resolve):
    before = len(secure.seen)
    answer = resolve(f"https://localhost:{secure.server_port}", ONCE)
    assert "certificate" in answer["error"] and len(secure.seen) == before, answer


def test_aws_ca_bundle(secure, resolve, certificate):
    assert "token" in resolve(f"https://localhost:{secure.server_port}",
                              {"AWS_CA_BUNDLE": str(certificate / "certificate")} | ONCE)


def test_ca_bundle_of_the_profile(secure, resolve, certificate):
    assert "token" in resolve(f"https://localhost:{secure.server_port}", ONCE, f"ca_bundle = {certificate}/certificate\n")
    answer = resolve(f"https://localhost:{secure.server_port}", ONCE | {"AWS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt"},
                     f"ca_bundle = {certificate}/certificate\n")
    assert "certificate" in answer["error"], "the environment goes before the profile"


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_https_proxy(proxy, resolve, certificate, variable):
    answer = resolve(f"https://{HOST}", {variable: proxy.url, "AWS_CA_BUNDLE": str(certificate / "certificate")} | ONCE)
    assert "token" in answer, answer
    assert proxy.seen == [f"{HOST}:443"]


@pytest.mark.parametrize("spared", ["localhost", "example.com,localhost", "*"])
def test_no_proxy(proxy, secure, resolve, certificate, spared):
    answer = resolve(f"https://localhost:{secure.server_port}", {
        "HTTPS_PROXY": proxy.url, "NO_PROXY": spared, "AWS_CA_BUNDLE": str(certificate / "certificate")} | ONCE)
    assert "token" in answer and proxy.seen == [], (answer, proxy.seen)


def test_a_containers_endpoint_is_asked_directly(proxy, resolve):
    server = credential_services.start()
    variables = {"http_proxy": proxy.url, "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/container",
                 "AWS_PROFILE": "", "AWS_ACCESS_KEY_ID": ""}
    done = subprocess.run([BIN / "resolve_credentials"], capture_output=True, text=True, timeout=60,
                          env=clean_environment(**variables) | {"HOME": "/nonexistent"})
    server.shutdown()
    assert "token" in json.loads(done.stdout) and proxy.seen == [], (done.stdout, proxy.seen)


@pytest.mark.parametrize("variables, more, attempts", [
    ({"AWS_MAX_ATTEMPTS": "1"}, "", 1), ({"AWS_MAX_ATTEMPTS": "2", "AWS_RETRY_MODE": "standard"}, "", 2),
    ({}, "max_attempts = 3\nretry_mode = standard\n", 3), ({"AWS_MAX_ATTEMPTS": "2"}, "max_attempts = 4\n", 2)])
def test_as_many_attempts_as_botocore_makes(resolve, variables, more, attempts):
    server = credential_services.start()
    theirs = (sys.executable, str(Path(__file__).with_name("botocore_credentials.py")))
    for command in (theirs, (str(BIN / "resolve_credentials"),)):
        before = len(server.seen)
        answer = resolve(server.url, variables, more, role="unwell", command=command)
        assert "error" in answer and len(server.seen) - before == attempts, (command, answer, server.seen[before:])
    server.shutdown()


@pytest.mark.parametrize("number", ["many", "0", "-1", "3x"])
def test_invalid_attempts_are_reported(resolve, number):
    answer = resolve("http://127.0.0.1:9", {"AWS_MAX_ATTEMPTS": number})
    assert "AWS_MAX_ATTEMPTS" in answer["error"] and number in answer["error"], answer


def test_a_missing_services_section_is_reported(resolve):
    answer = resolve("http://127.0.0.1:9", {}, "services = gone\n")
    assert "[services gone]" in answer["error"], answer
