"""Several regions, and several accounts, as one run with one report: the real program on
loopback."""

import re
import signal

import pytest

from operator_flags import flags
from programs import PROGRAM, Running, at_the_prompt, run, snow_white
from test_json_lines import json_of, named

SANDBOX_ARGUMENTS = ["--environment", "acme-workers=2", "--environment", "eu-west-1/acme-workers=3",
                     "--environment", "ap-south-1/acme-web=1", "--simulated", "--drain", "2s"]
BOTH = "us-east-1,eu-west-1"


def of(action, *more, regions=BOTH, profile="staging"):
    return ["-a", action, "-e", "workers", "-f", profile, "-p", "acme", "-r", regions, *more]


def sends(sandbox):
    return sandbox.calls("ssm", "SendCommand")


def messages(sandbox):
    return [m["text"] for m in sandbox.look("slack") if m["channel"].startswith("#")]


@pytest.fixture(autouse=True)
def awake(sandbox):
    yield
    sandbox.post("faults", [])
    done = snow_white(sandbox, *of("wake"), "--here")
    assert done.code == 0, repr(done)


def test_a_task_is_for_both(sandbox):
    before = messages(sandbox)
    done = snow_white(sandbox, *of("quiet"), "--wait")
    assert done.code == 0, repr(done)
    assert "us-east-1: quiet of acme in us-east-1: acme-workers" in done.out, repr(done)
    assert "QUIET: all 5 workers on 5 instances are quiet and idle" in done.out, repr(done)
    assert f"-r {BOTH}" in done.out
    start, end = messages(sandbox)[len(before):]
    assert "us-east-1/acme-workers, eu-west-1/acme-workers (5 instances)" in start, start
    assert "QUIET: all 5 workers" in end, end


def test_as_json_from_here(sandbox):
    code, events = json_of(sandbox, *of("quiet"), "--here")
    assert code == 0, events
    assert {e["place"] for e in named(events, "started")} == {"us-east-1", "eu-west-1"}
    assert {e["environment"] for e in named(events, "instance")} == {"us-east-1/acme-workers", "eu-west-1/acme-workers"}
    [report] = named(events, "report")
    assert [(p["place"], p["verdict"]) for p in report["places"]] == [("us-east-1", "done"), ("eu-west-1", "done")]


def test_status_and_a_look_first_are_of_both(sandbox):
    table = snow_white(sandbox, *of("status"))
    assert table.code == 0 and table.out.count("eu-west-1/acme-workers") == 3, repr(table)
    assert "5 workers on 5 instances" in table.out, repr(table)
    before = sends(sandbox)
    look = snow_white(sandbox, *of("quiet"), "--dry-run")
    assert look.code == 0 and sends(sandbox) == before, repr(look)
    assert len(re.findall(r"^(us-east-1|eu-west-1): would send a command", look.out, re.MULTILINE)) == 2, repr(look)
    assert look.out.count("would run task") == 1, repr(look)


@pytest.mark.parametrize("way", ["--here", "--wait", "--dry-run"])
def test_when_nothing_matches_in_one_nothing_is_sent(sandbox, way):
    before = sends(sandbox)
    done = snow_white(sandbox, *of("quiet", way, regions="us-east-1,ap-south-1"))
    assert done.code == 3, repr(done)
    assert re.search("ap-south-1.*nothing was sent", done.text, re.DOTALL), repr(done)
    assert sends(sandbox) == before


def test_a_region_that_does_not_answer_is_named_and_the_other_quieted(sandbox):
    running = Running([PROGRAM, *of("quiet"), "--here"], at_the_prompt(sandbox))
    running.wait_for_output("eu-west-1: quiet command")
    sandbox.post("faults", ["aws@eu-west-1:*=unavailable"])
    running.wait_for_output("eu-west-1: AWS has not answered for", 60)
    sandbox.post("faults", [])
    done = running.wait()
    assert done.code == 0 and "eu-west-1: AWS answers again" in done.out, repr(done)
    assert "QUIET: all 5 workers" in done.out, repr(done)


def test_missing_permissions_in_one_end_it_there(sandbox):
    sandbox.post("faults", ["ssm@eu-west-1:SendCommand=denied"])
    done = snow_white(sandbox, *of("quiet"), "--here")
    assert done.code == 6, repr(done)
    assert "AWS denied access: eu-west-1: ssm SendCommand" in done.out, repr(done)
    assert done.out.count("quiet command") == 1, repr(done)


def test_killed_and_restarted_it_adopts_both_commands(start_sandbox):
    sandbox = start_sandbox(*SANDBOX_ARGUMENTS[:-1], "12s")
    first = Running([PROGRAM, *of("quiet"), "--here"], at_the_prompt(sandbox))
    first.wait_for_output("eu-west-1: quiet command")
    first.wait_for_output("us-east-1: quiet command")
    first.process.send_signal(signal.SIGKILL)
    first.wait()
    again = snow_white(sandbox, *of("quiet"), "--here")
    assert again.code == 0 and again.out.count("is in flight already: following it; nothing was sent") == 2, repr(again)
    acted = [r for r in sandbox.look("requests") if r["action"] == "SendCommand" and "Quiet" in r["body"]]
    assert len(acted) == 2, acted


def test_sigterm_is_reported_once(start_sandbox):
    sandbox = start_sandbox(*SANDBOX_ARGUMENTS[:-1], "10m")
    running = Running([PROGRAM, *of("quiet"), "--here"], at_the_prompt(sandbox))
    running.wait_for_output("of 5 instances finished")
    running.process.send_signal(signal.SIGTERM)
    done = running.wait()
    assert done.code == 8 and done.out.count("you stopped watching") == 1, repr(done)
    cancelled = snow_white(sandbox, *of("quiet"), "--cancel")
    assert cancelled.code == 0, repr(cancelled)
    for region in ("us-east-1", "eu-west-1"):
        assert f"{region}: cancelled quiet command" in cancelled.out, repr(cancelled)


def test_two_accounts_are_one_run_from_here(sandbox, start_sandbox, tmp_path):
    """Each with an endpoint of its own, by its profile; the second is another sandbox, with other
    credentials."""
    other = start_sandbox(*SANDBOX_ARGUMENTS)
    config, credentials = "", ""
    for name, one in (("shop", sandbox), ("shop-eu", other)):
        there = one.environment()
        keys = re.search(r"\[staging\]\n((?:.+\n)+)", open(there["AWS_SHARED_CREDENTIALS_FILE"]).read())[1]
        config += f"[profile {name}]\nendpoint_url = {there['AWS_ENDPOINT_URL']}\n\n"
        credentials += f"[{name}]\n{keys}\n"
    (tmp_path / "config").write_text(config)
    (tmp_path / "credentials").write_text(credentials)
    environment = at_the_prompt(sandbox, AWS_ENDPOINT_URL="", AWS_CONFIG_FILE=str(tmp_path / "config"),
                                AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "credentials"))
    done = run([PROGRAM, *of("quiet", "--here", regions="us-east-1", profile="shop,shop-eu")], environment)
    assert done.code == 0 and "QUIET: all 4 workers on 4 instances" in done.out, repr(done)
    assert "shop-eu/acme-workers" in done.out
    assert "-f shop,shop-eu -p acme -r us-east-1 --here" in done.out, "what is to be typed next can be typed"


@pytest.mark.parametrize("arguments", (["status"], ["quiet", "--here"], ["quiet", "--here", "--dry-run"], ["quiet", "--cancel"]))
def test_two_profiles_of_one_account_are_refused(sandbox, arguments):
    action, *more = arguments
    before = sends(sandbox)
    done = snow_white(sandbox, *of(action, *more, profile="staging,production"))
    assert done.code == 2 and '-f: "staging" and "production" are profiles of one account' in done.text, repr(done)
    assert sends(sandbox) == before


def test_two_accounts_are_not_a_task(sandbox):
    before = sandbox.calls("ecs", "RunTask")
    done = snow_white(sandbox, *of("quiet", profile="staging,production"))
    assert done.code == 2 and "-f: a task acts with the rights of its own account's role" in done.err, repr(done)
    assert sandbox.calls("ecs", "RunTask") == before


def test_flags_of_one_region_are_unchanged(sandbox):
    done = snow_white(sandbox, *flags("quiet", pattern="workers"), "--here")
    assert done.code == 0 and "QUIET: all 2 workers" in done.out and "us-east-1/" not in done.out, repr(done)
