"""Which credentials sign, compared with botocore: both resolve each configuration of
credential_setups.py, each in a process of its own."""

import hashlib
import json
import pathlib
import subprocess
import sys

import pytest

import credential_services
from credential_setups import SETUPS
from programs import VENV_BIN, WITH_AWS_V2
from sandbox_process import BIN, clean_environment
from terminal import converse

HERE = pathlib.Path(__file__).resolve().parent
OURS = str(BIN / "resolve_credentials")
THEIRS = [sys.executable, str(HERE / "botocore_credentials.py")]
SECRETS = ("envsecret", "basesecret", "defaultsecret", "printed-secret", "envtoken", "the-web-token")
KEYS_PROGRAM = """#!/bin/sh
case $1 in
plain) echo '{"Version": 1, "AccessKeyId": "AKPROCESS", "SecretAccessKey": "printed-secret"}' ;;
token) echo "{\\"Version\\": 1, \\"AccessKeyId\\": \\"AK\\", \\"SecretAccessKey\\": \\"$2\\", \\"SessionToken\\": \\"$3\\"}" ;;
expires) echo '{"Version": 1, "AccessKeyId": "AKP", "SecretAccessKey": "s", "SessionToken": "t",
                "Expiration": "2099-01-01T00:00:00+00:00"}' ;;
version) echo '{"Version": 2, "AccessKeyId": "AKP", "SecretAccessKey": "printed-secret"}' ;;
half) echo '{"Version": 1, "AccessKeyId": "AKP"}' ;;
fails) echo '{"SecretAccessKey": "printed-secret"}'; echo 'vault is sealed' >&2; exit 3 ;;
esac
"""


@pytest.fixture(scope="module")
def server():
    started = credential_services.start()
    yield started
    started.shutdown()
    started.server_close()


@pytest.fixture
def prepare(server, tmp_path):
    """prepare(variables, config, credentials) is the environment in which the configuration is
    resolved."""
    def make(variables, config="", credentials=""):
        fill = lambda text: text.replace("{url}", server.url).replace("{dir}", str(tmp_path))  # noqa: E731
        for name, text in {"config": config, "credentials": credentials, "web-token": "the-web-token",
                           "token": "Bearer from-a-file", "keys": KEYS_PROGRAM}.items():
            (tmp_path / name).write_text(fill(text), newline="")
        (tmp_path / "keys").chmod(0o700)
        log_in(tmp_path / ".aws/sso/cache")
        given = {"AWS_CONFIG_FILE": f"{tmp_path}/config", "AWS_SHARED_CREDENTIALS_FILE": f"{tmp_path}/credentials",
                 "HOME": str(tmp_path), "PATH": WITH_AWS_V2, "AWS_ENDPOINT_URL_STS": server.url,
                 "AWS_ENDPOINT_URL_SSO": server.url, "AWS_DEFAULT_REGION": "eu-west-1"}
        given |= {name: fill(value) for name, value in variables.items()}
        return clean_environment(**{n: v for n, v in given.items() if v})
    return make


def log_in(folder):
    """The files that `aws sso login` creates: for a start URL, and for a session by its name."""
    folder.mkdir(parents=True)
    for name in ("https://acme.example/start", "acme"):
        (folder / (hashlib.sha1(name.encode()).hexdigest() + ".json")).write_text(json.dumps(
            {"startUrl": "https://acme.example/start", "region": "us-west-2", "accessToken": "sso-token",
             "expiresAt": credential_services.FAR}))


def resolve(command, profile, environment):
    done = subprocess.run([*command, *([profile] if profile else [])], capture_output=True, text=True, timeout=60,
                          env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    assert done.stdout.startswith("{"), f"{command}: exit code {done.returncode}: {done.stdout}{done.stderr[-2000:]}"
    return json.loads(done.stdout)


@pytest.mark.parametrize("name, profile, variables, config, credentials, words", SETUPS, ids=[s[0] for s in SETUPS])
def test_as_botocore_does(prepare, tmp_path, name, profile, variables, config, credentials, words):
    environment = prepare(variables, config, credentials)
    theirs = resolve(THEIRS, profile, environment)
    ours = resolve([OURS], profile, environment)
    if words is None:
        assert "error" not in theirs, f"{name}: botocore was to find keys: {theirs}"
        assert ours == theirs, f"{name}: botocore found {theirs}, ours {ours}"
        return
    assert "error" in theirs, f"{name}: botocore was to refuse, and found {theirs}"
    assert "error" in ours, f"{name}: botocore refused ({theirs['error']}), ours found {ours}"
    for word in words:
        assert word.replace("{dir}", str(tmp_path)) in ours["error"], f"{name}: wanted {word!r} in {ours['error']!r}"
    assert not [s for s in SECRETS if s in ours["error"]], f"{name}: a secret is in {ours['error']!r}"


def test_an_aws_cli_that_is_too_old_is_named(prepare):
    """The real AWS CLI of PyPI, version 1: logging in would not help."""
    config = ("[profile s]\nsso_start_url = https://acme.example/start\nsso_region = us-west-2\n"
              "sso_account_id = 123456789012\nsso_role_name = dev\n")
    environment = prepare({"PATH": f"{VENV_BIN}:/usr/bin:/bin"}, config)
    assert resolve([OURS], "s", environment)["error"] == (
        "profile s: the AWS CLI in PATH does not know `aws configure export-credentials`; install the latest version 2 of it")


# --- MFA

MFA = ("[profile m]\nrole_arn = arn:aws:iam::123456789012:role/m\nsource_profile = base\n"
       "mfa_serial = arn:aws:iam::123456789012:mfa/alice\n")
BASE = "[base]\naws_access_key_id = AKBASE\naws_secret_access_key = basesecret\n"


def resolve_at_a_terminal(command, environment, typed, output):
    """The answer, and the terminal's content; `typed` is entered after the prompt."""
    _, seen = converse([*command, "m"], environment, b": ", typed, 30, output)
    return json.loads(output.read_text()), seen.decode()


def test_an_mfa_code_is_asked_for_at_the_terminal(prepare, tmp_path):
    environment = prepare({}, MFA, BASE)
    theirs, _ = resolve_at_a_terminal(THEIRS, environment, b"778899\n", tmp_path / "theirs")
    ours, seen = resolve_at_a_terminal([OURS], environment, b"778899\n", tmp_path / "ours")
    assert "error" not in theirs and ours == theirs, (theirs, ours)
    assert "arn:aws:iam::123456789012:mfa/alice" in seen and "profile m" in seen and "778899" not in seen, seen
    other, _ = resolve_at_a_terminal([OURS], environment, b"654321\n", tmp_path / "other")
    assert other != ours, "the code that was typed is the one that is sent"


def test_an_interrupt_ends_the_question(prepare, tmp_path):
    ours, _ = resolve_at_a_terminal([OURS], prepare({}, MFA, BASE), b"\x03", tmp_path / "ours")
    assert "MFA" in ours["error"]


def test_without_a_terminal_mfa_is_an_error_that_says_so(prepare, server):
    before = len(server.seen)
    ours = resolve([OURS], "m", prepare({}, MFA, BASE))
    assert "profile m" in ours["error"] and "there is no terminal" in ours["error"], ours
    assert server.seen[before:] == [], "STS is not asked"
