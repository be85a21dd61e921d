"""What a client on a socket sees of the faults that are more than an answer: broken connections,
silence, truncated answers."""

import http.client
import json
import time

import pytest

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=1", "--simulated", "--drain", "1s"]
PATH = "/services/T0SANDBOX/B0SANDBOX/secret"


@pytest.fixture
def post(sandbox):
    """post(fault) is the result of a message to Slack under it."""
    def under(fault, patience=3):
        sandbox.post("faults", [f"slack:Post={fault}"])
        connection = http.client.HTTPConnection(sandbox.url.rpartition("/")[2], timeout=patience)
        try:
            connection.request("POST", PATH, json.dumps({"text": fault}), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
            sandbox.post("faults", [])
    return under


def heard(sandbox):
    return {m["text"] for m in sandbox.look("slack")}


@pytest.mark.parametrize("fault, done", [("no-connection", False), ("reset-before", False), ("reset-after", True)])
def test_a_connection_that_dies(sandbox, post, fault, done):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        post(fault)
    assert (fault in heard(sandbox)) is done


@pytest.mark.parametrize("fault, done", [("timeout-before", False), ("timeout-after", True)])
def test_silence(sandbox, post, fault, done):
    with pytest.raises(TimeoutError):
        post(fault, patience=1)
    assert (fault in heard(sandbox)) is done


def test_half_an_answer(post):
    with pytest.raises(http.client.IncompleteRead):
        post("truncated")


def test_half_an_answer_as_if_it_were_the_whole(post):
    assert post("malformed") == (200, b"o")


def test_a_slow_answer(post):
    begun = time.monotonic()
    assert post("slow,for=1s") == (200, b"ok") and time.monotonic() - begun >= 1


def test_other_connections_go_on_meanwhile(sandbox, post):
    with pytest.raises(TimeoutError):
        post("timeout-before", patience=1)
    assert post("slow,for=1ms") == (200, b"ok") and sandbox.look("stats")["faults"]
