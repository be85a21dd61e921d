"""Sidekiq's Redis behind TLS: a real redis-server with certificates of an authority of our own.
What is not trusted is refused, in words."""

import contextlib
import json
import socket
import subprocess
import threading
import time
import types

import pytest

from redis_server import RedisServer, free_port, read_sidekiq



KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=60)


CA = """[ca]
default_ca = ours
[ours]
database = {folder}/index
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
[any]
commonName = supplied
"""


def certificate(folder, name, names, begin="20260101000000Z", end="20991231000000Z"):
    """By the authority `ca`; -> redis-server's options."""
    key, request, made = folder / f"{name}.key", folder / f"{name}.csr", folder / f"{name}.crt"
    openssl("req", "-new", *KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    (folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
    openssl("ca", "-batch", "-notext", "-config", folder / "ca.conf", "-cert", folder / "ca.crt", "-keyfile",
            folder / "ca.key", "-in", request, "-out", made, "-extfile", folder / f"{name}.ext", "-startdate", begin,
            "-enddate", end)
    return ["--tls-cert-file", str(made), "--tls-key-file", str(key), "--tls-ca-cert-file", str(folder / "ca.crt")]


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A server with both ports, and one for each thing that can be wrong."""
    folder = tmp_path_factory.mktemp("tls")
    openssl("req", "-x509", *KEY, "-keyout", folder / "ca.key", "-out", folder / "ca.crt", "-days", "2", "-subj",
            "/CN=Our own authority")
    (folder / "ca.conf").write_text(CA.format(folder=folder))
    (folder / "index").touch()
    (folder / "serial").write_text("01\n")
    good = certificate(folder, "good", "DNS:localhost,IP:127.0.0.1")
    expired = certificate(folder, "expired", "DNS:localhost,IP:127.0.0.1", "20200101000000Z", "20200201000000Z")
    other = certificate(folder, "other", "DNS:other.example.com")
    ports = types.SimpleNamespace(ca=str(folder / "ca.crt"), plain=free_port())
    with_tls = []

    def server(name, options, *more, plain=0):
        port = free_port()
        with_tls.append(RedisServer(folder / f"redis-{name}", "--tls-port", str(port), *options, *more, port=plain, tls_port=port))
        setattr(ports, name, port)
    server("good", good, "--tls-auth-clients", "no", plain=ports.plain)
    server("mutual", good)
    server("other", other, "--tls-auth-clients", "no")
    server("expired", expired, "--tls-auth-clients", "no")
    started = []
    try:
        for one in with_tls:
            started.append(one.__enter__())
        yield ports
    finally:
        for one in started:
            one.__exit__()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_trusted_server_is_read(tls, host):
    """By its name and by its address; its authority is named by the variable."""
    code, out, err = read_sidekiq(f"rediss://{host}:{tls.good}", "3", SSL_CERT_FILE=tls.ca)
    assert (code, err) == (0, "")
    assert json.loads(out)["processes"] == []


def refused(url, words, **environment):
    code, out, err = read_sidekiq(url, **environment)
    assert (code, out) == (1, "")
    assert words in err and "\n" not in err and "s3cret" not in err, err


def test_an_unknown_authority_is_refused(tls):
    refused(f"rediss://:s3cret@localhost:{tls.good}", "has a certificate of an authority that is not trusted here: name the file")


def test_a_certificate_of_another_name_is_refused(tls):
    for host in ("localhost", "127.0.0.1"):
        refused(f"rediss://:s3cret@{host}:{tls.other}", "has a certificate of another name", SSL_CERT_FILE=tls.ca)


def test_an_expired_certificate_is_refused(tls):
    refused(f"rediss://:s3cret@localhost:{tls.expired}", "has a certificate that is not valid at this time", SSL_CERT_FILE=tls.ca)


def test_a_server_that_wants_certificates_of_clients(tls):
    refused(f"rediss://:s3cret@localhost:{tls.mutual}", "wants a certificate of its clients", SSL_CERT_FILE=tls.ca)


def test_the_wrong_scheme_is_said(tls):
    refused(f"redis://:s3cret@localhost:{tls.good}", "rediss://", SSL_CERT_FILE=tls.ca)
    refused(f"rediss://:s3cret@localhost:{tls.plain}", "redis://", SSL_CERT_FILE=tls.ca)


def test_a_ca_file_that_cannot_be_read(tls):
    refused(f"rediss://:s3cret@localhost:{tls.good}", "the CA certificates in /nowhere/ca.pem cannot be read",
            SSL_CERT_FILE="/nowhere/ca.pem")


def answer_with(send):
    """A server that reads the beginning of each handshake, and then lets `send` answer."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return  # closed
            with connection, contextlib.suppress(OSError):
                connection.recv(4096)
                send(connection)

    threading.Thread(target=serve, daemon=True).start()
    return listening


def test_an_alert_that_tls_does_not_know(tls):
    with answer_with(lambda connection: connection.sendall(b"\x15\x03\x03\x00\x02\x02\xc8")) as server:
        refused(f"rediss://localhost:{server.getsockname()[1]}", "ended TLS: error", SSL_CERT_FILE=tls.ca)


def test_a_handshake_that_does_not_end(tls):
    """OpenSSL skips HelloRequests as long as they come."""
    def send(connection):
        while True:
            connection.sendall(b"\x16\x03\x03\x00\x04\0\0\0\0" * 20000)

    begin = time.monotonic()
    with answer_with(send) as server:
        refused(f"rediss://localhost:{server.getsockname()[1]}", "does not answer the TLS handshake", SSL_CERT_FILE=tls.ca)
    assert time.monotonic() - begin < 60
