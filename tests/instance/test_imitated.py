"""The script among processes that imitate other Sidekiq versions, and among those that only look alike.

Each test has a namespace of its own (namespaces.py). Needs root."""

import shutil
import subprocess
import time

import pytest

from booted import SCRIPT, together, wait_for
from namespaces import HERE

SHELLS = [shell for shell in ("dash", "bash", "busybox") if shutil.which(shell)]


TITLES = [("5.2.10", "app", 25), ("6.5.12", "", 10), ("7.3.9", "my app [web] 1 of 2", 5), ("8.1.0", "größe", 5),
          ("7.0.0.beta1", "a [1 of 2 busy] tag", 5), ("7.1.2", "sidekiq 5.2.0 b [0 of 9 busy] stopping", 5)]


@pytest.mark.parametrize("shell", SHELLS)
def test_titles_of_all_versions(namespace, shell):
    for version, tag, of in TITLES:
        namespace.imitate(version, tag, of, 60)
    said = namespace.run("status", shell)
    seen = sorted((w["version"], w["busy"], w["of"], w["state"], w["unit"]) for w in said.workers)
    assert seen == sorted((version, 1, of, "running", "") for version, _, of in TITLES)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_title_is_anybodys_text(namespace, shell):
    """Numbers that JSON would not have, or that do not fit, are no counts; nothing of a title is run or expanded."""
    for title in ("sidekiq 7.3.9 a [08 of 5 busy]", "sidekiq 7.3.9 a [99999999999999999999 of 5 busy]",
                  "sidekiq 7.3.9 a [-1 of 5 busy]", "sidekiq 7.3.9 a [$(reboot) of 5 busy]", "sidekiq 7.3.9 [* of * busy]"):
        namespace.begin("perl", "-e", "$0 = shift; sleep 100", title)
    for title in ('sidekiq 7.3.9" a [0 of 5 busy]', "sidekiq 7`id` a [0 of 5 busy]"):
        namespace.begin("perl", "-e", "$0 = shift; sleep 100", title)
    namespace.begin("perl", "-e", "$0 = shift; sleep 100", 'sidekiq 7.3.9 "\\$(id)`id` * [0 of 5 busy]')
    wait_for("all of them", lambda: namespace.run("status", shell).count == 6, 10)
    assert sorted(namespace.run("status", shell).states) == ["booting"] * 5 + ["running"]


@pytest.mark.parametrize("shell", SHELLS)
def test_lookalikes_are_no_workers(namespace, shell):
    for title in ("vim sidekiq.rb", "grep sidekiq 6.4.1 app [0 of 5 busy]", "sidekiq is great [0 of 5 busy]",
                  "tail -f sidekiq.log", "puma 5.6 [sidekiq 6.4.1 [0 of 5 busy]]", "sidekiqmon"):
        namespace.begin("perl", "-e", "$0 = shift; sleep 100", title)
    namespace.begin("sh", "-c", "sleep 100; : sidekiq 6.4.1 app [0 of 5 busy]")
    # An editor and a console that were told the same file name as a worker would be.
    namespace.begin("bash", "-c", "exec -a vim sleep 100 /usr/bin/sidekiq")
    time.sleep(0.5)
    said = namespace.run("status", shell)
    assert (said.outcome, said.workers) == ("no-worker", [])


@pytest.mark.parametrize("command, state", [
    ("ruby /usr/bin/sidekiq -e production", "booting"),
    ("ruby2.7 -W0 -I lib /opt/gems/bin/bundle exec sidekiq -C config/sidekiq.yml", "booting"),
    ("ruby /usr/bin/sidekiqswarm -e production", "booting"),
    ("ruby bin/console /usr/bin/sidekiq", None),
    ("ruby lib/sidekiq.rb", None),
    ("ruby -e sleep sidekiq", None),
])
def test_booting_is_told_by_the_command(namespace, tmp_path, command, state):
    """A program called `ruby` that does nothing stands for a Ruby that has not come to its title yet."""
    (tmp_path / "ruby.c").write_text("#include <unistd.h>\nint main(void) { for (;;) pause(); }\n")
    subprocess.run(["cc", "-o", tmp_path / "ruby", tmp_path / "ruby.c"], check=True)
    namespace.begin("perl", "-e", f"exec {{'{tmp_path}/ruby'}} @ARGV", *command.split())
    time.sleep(0.3)
    assert namespace.run("status").states == ([state] if state else [])


@together("namespace")
def test_quiet_signals_once_and_believes_only_two_beats(place):
    place.imitate("6.5.12", "", 5, 4)
    place.imitate("8.1.0", "app", 5, 0)
    began = time.monotonic()
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle", "idle"]), said.line
    # 8.1.0 shows that it is stopping 10 s after its start, and must show 0 busy for more than 10 s from then on.
    assert time.monotonic() - began > 18
    assert len(place.signals.read_text().split()) == 2, "each worker is signalled once"


@together("namespace")
def test_wake_without_a_service_manager_says_what_it_cannot_do(place):
    place.imitate("6.5.12", "app", 5, 0)
    place.run("quiet")
    said = place.run("wake")
    assert said.outcome == "failed" and "no service owns worker" in said.note, said.line
    assert said.states == ["idle"]


@together("namespace")
def test_swarm_children_are_the_workers(place):
    place.imitate("swarm", "7.3.9")
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle", "idle"]), said.line
    assert sorted(place.signals.read_text().split()) == sorted(set(place.signals.read_text().split()))
    assert "parent" not in place.signals.read_text()


def test_forked_child_of_a_job_is_no_worker(namespace):
    fork = "$0 = 'sidekiq 6.4.1 app [1 of 5 busy]'; fork; sleep 100"
    namespace.begin("perl", "-e", fork)
    time.sleep(0.5)
    assert len(namespace.run("status").workers) == 1


@pytest.mark.parametrize("shell", SHELLS)
def test_line_tells_of_all_workers_whatever_their_number(namespace, shell):
    for number in range(40):
        namespace.begin("perl", "-e", "$0 = shift; sleep 100",
                        f"sidekiq 7.3.9 app [{number % 2} of 5 busy]{' stopping' if number else ''}")
    wait_for("all of them", lambda: namespace.run("status", shell).count == 40, 20)
    said = namespace.run("status", shell)
    assert said.states[0] == "running" and said.states.count("running") == 1, "who takes jobs comes first"
    assert said.line["rest"] == {"quiet": {"workers": said.line["more"],
                                           "busy": 20 - sum(w["busy"] for w in said.workers)}}


def test_line_lists_all_as_long_as_they_fit(namespace):
    for _ in range(24):
        namespace.begin("perl", "-e", "$0 = shift; sleep 100", "sidekiq 7.3.9 app [0 of 5 busy]")
    wait_for("all of them", lambda: namespace.run("status").count == 24, 20)
    assert len(namespace.run("status").workers) == 24


@together("namespace")
def test_upstart(place):
    """quiet, wake, stop and wake with a job of Upstart in place of a unit."""
    over = place.folder / "over"
    over.mkdir()
    assert place.begin("sh", "-c", f"mount -t tmpfs none {over} && mkdir {over}/u {over}/w && "
                           f"cp {HERE}/initctl {over}/u/initctl && "
                           f"mount -t overlay -o lowerdir=/usr/sbin,upperdir={over}/u,workdir={over}/w none /usr/sbin"
                           ).wait() == 0
    assert place.begin("initctl", "start", "worker", stdout=subprocess.DEVNULL).wait() == 0
    time.sleep(0.5)
    quiet = place.run("quiet")
    assert (quiet.outcome, [w["unit"] for w in quiet.workers]) == ("done", ["worker"]), quiet.line
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"]), woken.line
    stopped = place.run("stop")
    assert (stopped.outcome, stopped.states) == ("done", ["stopped"]), stopped.line
    assert place.run("status").states == ["stopped"]
    again = place.run("wake")
    assert (again.outcome, again.states) == ("done", ["running"]), again.line
    calls = [call for call in (place.folder / "calls").read_text().splitlines() if call.split()[0] not in
             ("list", "status")]
    assert calls == ["start worker", "restart worker", "stop worker", "start worker"]


def test_without_root_it_refuses(namespace):
    done = namespace.begin("setpriv", "--reuid", "65534", "--clear-groups", "sh", "-s", "quiet",
                           stdin=open(SCRIPT), stdout=subprocess.PIPE)
    assert '"note":"must be run by root"' in done.communicate(timeout=10)[0] and done.returncode == 1


@pytest.mark.parametrize("arguments", [[], ["sing"], ["quiet", "now"], ["quiet; true"], ["finish"]])
def test_wrong_usage(arguments):
    done = subprocess.run(["sh", SCRIPT, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("usage: ")
