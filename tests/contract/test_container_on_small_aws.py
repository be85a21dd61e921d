"""The container program on an AWS that is not our sandbox and implements only the calls that a
drain needs (small_aws.py).

The program must do without its optional calls, and its last message says what was not verified."""

import re
import signal
import time

import pytest

from programs import Running, container_environment, run
from small_aws import Plan, SmallAws

SIZES = [(count, environments) for environments in (1, 7) for count in (0, 1, 51, 200, 1000)]
DURATION = 3.0  # seconds from the command to its last instance's end
MOST_POLLS = 15  # in DURATION, whatever the number of instances; one a second and a few more


@pytest.fixture(scope="module")
def drains(as_container):
    """{(instances, environments): (server, finished program)}: every size, in parallel."""
    servers = {size: SmallAws(Plan(instances=size[0], environments=size[1], duration=DURATION)) for size in SIZES}
    for server in servers.values():
        server.__enter__()
    try:
        running = {size: Running([as_container], container_environment(server.url, server.slack_url))
                   for size, server in servers.items()}
        yield {size: (servers[size], one.wait(90)) for size, one in running.items()}
    finally:
        for server in servers.values():
            server.__exit__()


@pytest.fixture(params=SIZES, ids=[f"{count}-instances-{environments}-environments" for count, environments in SIZES])
def drain(request, drains):
    return (*request.param, *drains[request.param])


def last_message(server):
    assert server.posts, f"wanted a Slack message, seen none; the calls were {server.actions()}"
    return server.posts[-1]["text"]


def test_it_completes(drain):
    count, environments, server, done = drain
    assert done.code == 0, repr(done)
    sends = [c for c in server.calls if c["action"] == "SendCommand"]
    # An environment without instances needs no command; 7 environments with one instance are still
    # one command.
    assert len(sends) == (1 if count else 0), [c["parameters"] for c in sends]
    for send in sends:
        assert send["parameters"]["DocumentName"].startswith("snow-white-QuietSideKiqDocument-")
        assert "InstanceIds" not in send["parameters"], "aimed by tag"
        assert (send["parameters"]["MaxConcurrency"], send["parameters"]["MaxErrors"]) == ("100%", "100%")


def test_the_last_message_says_what_was_not_verified(drain):
    count, _, server, done = drain
    text = last_message(server)
    assert "QUIET" in text and "NOT QUIET" not in text, text
    if count:
        assert "not verified" in text.lower(), text
        assert str(count) in text, f"wanted the number of instances in: {text}"
    else:
        assert "nothing runs there" in text, text
    assert "not verified" in done.text.lower() or not count, repr(done)


def test_no_message_is_repeated(drain):
    lines = [re.sub(r"request [0-9a-f-]+", "request", line) for line in last_message(drain[2]).splitlines()]
    assert len(lines) == len(set(lines)), "\n".join(lines)


def test_the_messages_are_ours(drain):
    _, _, server, _ = drain
    for post in server.posts:
        assert (post["channel"], post["username"], post["icon_emoji"]) == ("#deploys", "Snow White", ":snowwhite:")
        assert post["path"] == "/services/T0SMALL/B0SMALL/sm4ll-s3cret"


def test_the_calls_while_waiting_do_not_grow_with_the_fleet(drains):
    waiting = {size: len(server.calls_while_waiting()) for size, (server, _) in drains.items() if size[0]}
    assert max(waiting.values()) <= MOST_POLLS, waiting
    # Polling is by time, so a slow moment costs a poll or two; a call per instance or page would
    # cost twenty.
    assert max(waiting.values()) - min(waiting.values()) <= 5, waiting


def test_the_calls_in_all_grow_by_a_page_for_fifty(drains):
    small, large = drains[(1, 1)][0], drains[(1000, 1)][0]
    assert len(large.calls) - len(small.calls) <= 2 * (1000 // 50) + 10, (len(small.calls), len(large.calls))


def test_the_secret_is_in_no_output(drain):
    assert "sm4ll-s3cret" not in drain[3].text and "small-secret" not in drain[3].text


def finish(as_container, plan, seconds=60, **environment):
    with SmallAws(plan) as server:
        return server, run([as_container], container_environment(server.url, server.slack_url, **environment), seconds)


@pytest.mark.parametrize("action, logical", [("quiet", "Quiet"), ("wake", "Wake"), ("stop", "Stop")])
def test_each_action(as_container, action, logical):
    server, done = finish(as_container, Plan(instances=3, duration=0.5), action=action)
    assert done.code == 0, repr(done)
    [send] = [c for c in server.calls if c["action"] == "SendCommand"]
    assert send["parameters"]["DocumentName"].startswith(f"snow-white-{logical}SideKiqDocument-")


def test_one_of_ten_fails(as_container):
    plan = Plan(instances=20, duration=1, failing=10)
    server, done = finish(as_container, plan)
    failed = [i for i in plan.instance_ids("acme-workers-1") if plan.is_chosen(i, 10)]
    assert done.code == 1 and len(failed) == 2, repr(done)
    text = last_message(server)
    assert "NOT QUIET" in text and all(i in text and i in done.out for i in failed), text


def test_free_text_is_not_taken_for_an_instance_line(as_container):
    server, done = finish(as_container, Plan(instances=2, duration=0.5, output="Sidekiq was told to be quiet.\n"))
    assert done.code == 0 and "not verified" in last_message(server).lower(), repr(done)


def test_one_never_ends_and_a_deadline(as_container):
    plan = Plan(instances=4, duration=0.5, never_ending=4)
    server, done = finish(as_container, plan, SNOW_WHITE_TIMEOUT="3s")
    assert done.code == 5, repr(done)
    assert "i-00000000000000003" in last_message(server), last_message(server)


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_while_waiting(as_container, with_signal):
    with SmallAws(Plan(instances=2, duration=60)) as server:
        running = Running([as_container], container_environment(server.url, server.slack_url))
        deadline = time.monotonic() + 30
        while "SendCommand" not in server.actions() and time.monotonic() < deadline:
            time.sleep(0.05)
        running.process.send_signal(with_signal)
        done = running.wait(20)
    assert done.code == 8, repr(done)
    assert any(words in last_message(server) for words in ("the quiet continues", "not known whether the quiet was sent")) and "same command" in last_message(server), last_message(server)


def test_a_restart_adopts_the_command(as_container):
    """The same command line adopts the command in flight: nothing is sent twice."""
    with SmallAws(Plan(instances=2, duration=4)) as server:
        first = Running([as_container], container_environment(server.url, server.slack_url))
        deadline = time.monotonic() + 30
        while "ListCommandInvocations" not in server.actions() and "ListCommands" not in server.actions()[5:] \
                and time.monotonic() < deadline:
            time.sleep(0.05)
        first.process.kill()
        first.process.wait()
        again = run([as_container], container_environment(server.url, server.slack_url))
    assert again.code == 0, repr(again)
    assert server.actions().count("SendCommand") == 1, server.actions()


@pytest.mark.parametrize("left_out", ["DescribeInstances", "ListCommands"])
def test_without_an_optional_call(as_container, left_out):
    server, done = finish(as_container, Plan(instances=3, duration=1, left_out=(left_out,)))
    assert done.code == 0, repr(done)
    assert "not verified" in last_message(server).lower(), last_message(server)


def test_without_the_results(as_container):
    """Only the counts show that all succeeded; the report cannot name the instances, and does
    not."""
    server, done = finish(as_container, Plan(instances=3, duration=1, left_out=("ListCommandInvocations",)))
    assert done.code in (0, 1, 4), repr(done)
    assert "not verified" in last_message(server).lower() or "NOT QUIET" in last_message(server), last_message(server)


@pytest.mark.parametrize("left_out", ["DescribeEnvironments", "DescribeStackResource", "SendCommand"])
def test_without_a_required_call(as_container, left_out):
    server, done = finish(as_container, Plan(instances=3, duration=1, left_out=(left_out,)))
    assert done.code == 4, repr(done)
    assert left_out in last_message(server) and "NOT QUIET" in last_message(server), last_message(server)


@pytest.mark.parametrize("change, code, said", [
    ({"EB_APP_NAME": "other"}, 3, "other"), ({"EB_ENV_NAME_PATTERN_STRING": "Workers"}, 3, "Workers"),
    ({"CFN_STACK_NAME": "snow-black"}, 4, "snow-black"),
    ({"QUIET_COMMAND_LOGICAL_NAME": "NoSuchDocument"}, 4, "NoSuchDocument")])
def test_nothing_is_sent_and_slack_gets_the_reason(as_container, change, code, said):
    server, done = finish(as_container, Plan(instances=3, duration=1), **change)
    assert done.code == code, repr(done)
    assert "SendCommand" not in server.actions()
    assert said in last_message(server), last_message(server)


def test_a_dead_aws(as_container):
    with SmallAws(Plan(dead=True)) as server:
        done = run([as_container], container_environment(server.url, server.slack_url), 90)
    assert done.code == 9, repr(done)
    assert "does not answer" in last_message(server)


def test_no_slack_is_fine(as_container):
    with SmallAws(Plan(instances=2, duration=0.5)) as server:
        done = run([as_container], container_environment(server.url, ""))
    assert done.code == 0 and server.posts == [], repr(done)
