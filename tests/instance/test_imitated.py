"""The script with processes that imitate other Sidekiq versions, and with those that only look
similar.

Each test has a namespace of its own (namespaces.py). Needs root."""

import os
import shlex
import shutil
import subprocess
import time

import pytest

import waiting
from booted import SCRIPT, together, wait_for
from namespaces import HERE

# Debian's, Amazon Linux's (bash, called sh) and one that is neither. SHELLS_TOO: paths of others,
# `/opt/bash-4.2/bash`.
SHELLS = [command for command in ("dash", "bash --posix", "busybox sh", *os.environ.get("SHELLS_TOO", "").split())
          if shutil.which(command.split()[0])]
FUNCTIONS = SCRIPT.read_text().split("\nis_action() {")[0]


TITLES = [("5.2.10", "app", 25), ("6.5.12", "", 10), ("7.3.9", "my app [web] 1 of 2", 5), ("8.1.0", "größe", 5),
          ("7.0.0.beta1", "a [1 of 2 busy] tag", 5), ("7.1.2", "sidekiq 5.2.0 b [0 of 9 busy] stopping", 5)]


@pytest.mark.parametrize("shell", SHELLS)
def test_titles_of_all_versions(namespace, shell):
    for version, tag, of in TITLES:
        namespace.imitate(version, tag, of, 60)
    said = namespace.run("status", shell)
    seen = sorted((w["version"], w["busy"], w["of"], w["state"], w["unit"]) for w in said.workers)
    assert seen == sorted((version, 1, of, "running", "") for version, _, of in TITLES)


def test_a_worker_has_the_same_start_in_each_look(namespace):
    namespace.imitate("7.3.9", "app", 5, 0)
    starts = set()
    for _ in range(8):
        starts |= {worker["since"] for worker in namespace.run("status").workers}
        time.sleep(0.13)  # so the looks come in different parts of a second
    assert len(starts) == 1 and abs(starts.pop() - time.time()) < 60, starts


@pytest.mark.parametrize("shell", SHELLS)
def test_a_title_is_untrusted_text(namespace, shell):
    """Numbers that JSON would not allow, or that do not fit, are no counts; nothing of a title is
    run or expanded."""
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
    # An editor and a console with the same file name as an argument that a worker would have.
    namespace.begin("bash", "-c", "exec -a vim sleep 100 /usr/bin/sidekiq")
    time.sleep(0.5)
    said = namespace.run("status", shell)
    assert (said.outcome, said.workers) == ("no-worker", [])


@pytest.mark.parametrize("command, state", [
    ("ruby /usr/bin/sidekiq -e production", "booting"),
    ("ruby2.7 -W0 -I lib /opt/gems/bin/bundle exec sidekiq -C config/sidekiq.yml", "booting"),
    ("ruby3.2 /usr/bin/bundle3.2 exec --keep-file-descriptors sidekiq -t 60", "booting"),
    ("ruby /usr/bin/sidekiqswarm -e production", "booting"),
    ("ruby bin/console /usr/bin/sidekiq", None),
    ("ruby lib/sidekiq.rb", None),
    ("ruby -e sleep sidekiq", None),
])
def test_a_booting_worker_is_recognised_by_its_command(namespace, tmp_path, command, state):
    """A program called `ruby` that does nothing stands for a Ruby that has not set its title
    yet."""
    (tmp_path / "ruby.c").write_text("#include <unistd.h>\nint main(void) { for (;;) pause(); }\n")
    subprocess.run(["cc", "-o", tmp_path / "ruby", tmp_path / "ruby.c"], check=True)
    namespace.begin("perl", "-e", f"exec {{'{tmp_path}/ruby'}} @ARGV", *command.split())
    time.sleep(0.3)
    assert namespace.run("status").states == ([state] if state else [])


@together("namespace")
def test_quiet_signals_once_and_needs_two_heartbeats(place):
    place.imitate("6.5.12", "", 5, 4)
    place.imitate("8.1.0", "app", 5, 0)
    began = time.monotonic()
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle", "idle"]), said.line
    # 8.1.0 shows that it is stopping 10 s after its start, and must show 0 busy for more than 11 s
    # from then on.
    assert time.monotonic() - began > 19
    assert len(place.signals.read_text().split()) == 2, "each worker is signalled once"


@together("namespace")
def test_waiting_starts_no_process(place):
    """Once all is quiet and one still runs a job, it goes on looking without a fork."""
    place.imitate("6.5.12", "app", 5, 0)
    place.imitate("7.3.9", "app", 5, 200, 2)
    assert waiting.measure(place, 30).processes == 0


@together("namespace")
def test_a_worker_that_ignores_the_signal_is_named(place):
    place.change_script("boot_limit=180 ", "boot_limit=6 ")
    place.imitate("6.5.12", "app", 5, 0)
    place.begin("perl", "-e", "$SIG{TSTP} = 'IGNORE'; $0 = 'sidekiq 7.3.9 deaf [0 of 5 busy]'; sleep 100")
    time.sleep(0.3)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("failed", ["running", "idle"]), said.line
    assert said.note == f"worker {said.workers[0]['pid']} of no unit was told to take no job, and did not show that it obeys in 6 s"


@together("namespace")
def test_a_newcomer_is_quieted_while_another_runs_a_job(place):
    place.imitate("6.5.12", "app", 5, 45, 2)
    quieting = place.begin("sh", place.script, "quiet", stdout=subprocess.PIPE)
    time.sleep(20)
    place.imitate("7.3.9", "late", 5, 0, 2)
    wait_for("the newcomer to be told", lambda: len(place.signals.read_text().split()) == 2, 16)
    output, _ = quieting.communicate(timeout=60)
    assert '"outcome":"done"' in output and output.count('"state":"idle"') == 2, output


@pytest.mark.parametrize("group, unit", [
    ("/system.slice/worker.service", "worker.service"),
    ("/system.slice/system-sidekiq.slice/sidekiq@1.service", "sidekiq@1.service"),
    ("/system.slice/_cpu.service", "cpu.service"),
    ("/user.slice/user-1000.slice/user@1000.service/app.slice/sidekiq.service", "user@1000:sidekiq.service"),
    ("/user.slice/user-1000.slice/session-2.scope", ""),
    # Names that a user, or a service that may, can give to a group of its own.
    ("/user.slice/user-1000.slice/user@1000.service/user@0.service/sidekiq.service", ""),
    ("/user.slice/user-1000.slice/user@1000.service/a.service/b.service", ""),
    ("/system.slice/own.service/user@0.service", ""),
    ("/system.slice/own.service/user@0.service/sidekiq.service", ""),
    ("/user.slice/user@x.service/sidekiq.service", ""),
    ("/system.slice/--now.service", ""),
    ("/system.slice/$(reboot).service", ""),
    ("/system.slice/cfn-hup.service", ""),
    ("/system.slice/supervisord.service", ""),
    ("/", ""),
])
@pytest.mark.parametrize("shell", SHELLS)
def test_unit_of_a_control_group(shell, group, unit):
    done = subprocess.run([*shell.split(), "-s", group], input=FUNCTIONS + 'unit_in "$1"; printf %s "$unit"\n',
                          capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (unit, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_process_that_ends_while_it_is_looked_at(shell):
    """It has no status and no control group any more: an empty unit, not a script that dies of an
    unset variable."""
    done = subprocess.run([*shell.split(), "-s"], input=FUNCTIONS + "pid=4194305 jobs=; find_unit; echo [$unit]\n",
                          capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("state, active", [
    ("LoadState=loaded\nActiveState=failed", "failed"), ("LoadState=not-found\nActiveState=inactive", "gone"),
    ("Failed to connect to bus: No such file or directory", "unknown"), ("", "unknown"),
])
def test_missing_data_of_the_service_manager_is_unknown(state, active):
    done = subprocess.run(["sh", "-s", state], input=FUNCTIONS + 'says=$1; ask() { printf "%s\n" "$says"; }; '
                          "unit_state a.service; printf %s $active\n", capture_output=True, text=True)
    assert done.stdout == active


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("text, config, grace", [
    ("#!/bin/bash -l\ncd /srv\nexec bundle exec sidekiq -e production \\\n  -q default -t 50\n", None, 50),
    ("#!/bin/sh\n# sidekiq -t 90\nbin/sidekiq -t 40 &\nbin/sidekiq -t '60' &\nwait\n", None, 60),
    ("#!/bin/sh\nexec sidekiq -C jobs.yml\n", ":timeout: 70 # for the reports\n", 70),
    ("#!/bin/sh\nexec sidekiq\n", None, 25),
    ("#!/bin/sh\nexec sidekiq -t $(reboot)\n", None, 25),
    ("\x7fELF sidekiq -t 90\n", None, 25),
])
def test_time_for_jobs_in_a_script_that_the_unit_runs(tmp_path, shell, text, config, grace):
    (tmp_path / "run").write_text(text)
    if config:
        (tmp_path / "jobs.yml").write_text(config)
    show = f"MainPID=1\nWorkingDirectory={tmp_path}\nExecStart={{ path=/bin/sh ; argv[]=/bin/sh -c {tmp_path}/run ; ignore_errors=no ; start_time=[n/a] }}"
    done = subprocess.run(
        [*shell.split(), "-s", show], cwd=tmp_path, capture_output=True, text=True,
        input=FUNCTIONS + 'says=$1 a_version=7.3.9; ask() { printf "%s\n" "$says"; }; '
                          "read_command a.service; find_grace; printf %s $grace\n")
    assert (done.stdout, done.stderr) == (str(grace), "")


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
def test_the_line_has_all_workers_whatever_their_number(namespace, shell):
    for number in range(40):
        namespace.begin("perl", "-e", "$0 = shift; sleep 100",
                        f"sidekiq 7.3.9 app [{number % 2} of 5 busy]{' stopping' if number else ''}")
    wait_for("all of them", lambda: namespace.run("status", shell).count == 40, 20)
    said = namespace.run("status", shell)
    assert said.states[0] == "running" and said.states.count("running") == 1, "who takes jobs comes first"
    assert said.line["rest"] == {"quiet": {"workers": said.line["more"],
                                           "busy": 20 - sum(w["busy"] for w in said.workers)}}


def test_status_costs_the_same_few_processes_whatever_the_number_of_workers(namespace):
    """Starting processes takes the most time: so it answers well within a second."""
    namespace.imitate("7.3.9", "app", 5, 0)
    for_one = waiting.processes_of(namespace, "status")
    for _ in range(23):
        namespace.begin("perl", "-e", "$0 = shift; sleep 100", "sidekiq 7.3.9 app [0 of 5 busy]")
    wait_for("all of them", lambda: namespace.run("status").count == 24, 20)
    assert waiting.processes_of(namespace, "status") == for_one <= 10


def test_line_lists_all_as_long_as_they_fit(namespace):
    for _ in range(18):
        namespace.begin("perl", "-e", "$0 = shift; sleep 100", "sidekiq 7.3.9 app [0 of 5 busy]")
    wait_for("all of them", lambda: namespace.run("status").count == 18, 20)
    assert len(namespace.run("status").workers) == 18


def install_upstart(place, job, conf):
    """Our initctl and /etc/init in place of this machine's."""
    (place.folder / "over").mkdir()
    over, here = shlex.quote(str(place.folder / "over")), shlex.quote(str(HERE))
    overlay = "mount -t overlay -o lowerdir={0},upperdir={1}/{2},workdir={1}/w{2} none {0}"
    assert place.begin("sh", "-ec", f"""mount -t tmpfs none {over}
        mkdir {over}/sbin {over}/wsbin {over}/etc {over}/wetc {over}/etc/init
        cp {here}/initctl {over}/sbin/initctl
        printf '%s' "$1" >{over}/etc/init/{job}.conf
        {overlay.format("/usr/sbin", over, "sbin")}
        {overlay.format("/etc", over, "etc")}""", "sh", conf).wait() == 0


def calls_of_upstart(place):
    return [call for call in (place.folder / "calls").read_text().splitlines() if call.split()[0] not in ("list", "status")]


SIDEKIQ = "bundle exec sidekiq -e production"


def install_systemd(place, units, user=None):
    """Our systemctl in place of this machine's, with these units (its file explains the lines)."""
    command = ["sh", "-ec", """over=$1 run=$2
        mkdir -p "$over" /run/systemd/system "$run/systemd"
        mount -t tmpfs none "$over"
        mkdir "$over/sbin" "$over/work"
        cp "$3/systemctl" "$over/sbin/"
        mount -t overlay -o "lowerdir=/usr/sbin,upperdir=$over/sbin,workdir=$over/work" none /usr/sbin
        touch /run/units
        cat >"$run/units"
        [ "$run" = /run ] ||
            perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => shift, Listen => 1) or die' "$run/systemd/private"
        """, "sh", place.folder / "over", f"/run/user/{user}" if user else "/run", HERE]
    installing = place.begin(*command, stdin=subprocess.PIPE)
    installing.communicate("".join(unit + "\n" for unit in units))
    assert installing.returncode == 0


# The states of a unit for Sidekiq without a process: TYPE ACTIVE SUB JOB RESTART.
COMING = {"between two starts": "simple activating auto-restart - always",
          "asked for, and waiting for another unit": "simple inactive dead start no",
          "asked for after a failure": "simple failed failed start no",
          "what it runs first": "simple activating start-pre start no",
          "between the halves of a restart": "simple deactivating stop-post restart no",
          "stopping, and asked for anew": "simple deactivating stop-sigterm start no",
          "ended by itself, to be started again": "simple deactivating stop-post - always",
          "reading its settings anew": "notify reloading reload reload no"}
DOWN = {"stopped": "simple inactive dead - always",
        "failed": "simple failed failed - on-failure",
        "being stopped": "simple deactivating stop-post stop always",
        "ended by itself for good": "simple deactivating stop-post - no"}


@pytest.mark.parametrize("unit", COMING.values(), ids=COMING)
def test_status_names_a_unit_whose_worker_is_yet_to_come(namespace, unit):
    install_systemd(namespace, [f"worker.service {unit} {SIDEKIQ}"])
    said = namespace.run("status")
    assert said.outcome == "done", said.line
    assert said.workers == [{"pid": 0, "unit": "worker.service", "version": "", "busy": 0, "of": 0, "state": "booting"}]


@pytest.mark.parametrize("unit", DOWN.values(), ids=DOWN)
def test_status_does_not_name_a_unit_that_is_down(namespace, unit):
    install_systemd(namespace, [f"worker.service {unit} {SIDEKIQ}"])
    said = namespace.run("status")
    assert (said.outcome, said.workers) == ("no-worker", []), said.line


@pytest.mark.parametrize("command, kind", [("/usr/sbin/nginx", "simple"), ("bundle exec rake sidekiq:tidy", "oneshot")])
def test_status_names_no_unit_that_is_not_there_for_sidekiq(namespace, command, kind):
    """A task that runs and ends, as a timer's, has no worker, whatever its command names."""
    install_systemd(namespace, [f"other.service {kind} activating start start no {command}"])
    assert namespace.run("status").outcome == "no-worker"


@pytest.mark.parametrize("shell", SHELLS)
def test_status_names_each_unit_once_beside_the_workers(namespace, shell):
    install_systemd(namespace, [f"{name}.service {unit} {SIDEKIQ}" for name, unit in
                                (("mailer", COMING["between two starts"]), ("images", COMING["what it runs first"]),
                                 ("reports", DOWN["stopped"]), (r"a\x2db@1", COMING["between two starts"]))])
    namespace.imitate("7.3.9", "app", 5, 0)
    said = namespace.run("status", shell)
    assert [w["state"] for w in said.workers] == ["booting"] * 3 + ["running"], said.line
    assert sorted(w["unit"] for w in said.workers) == ["", r"a\x2db@1.service", "images.service", "mailer.service"]


def test_status_only_asks_a_service_manager(namespace):
    install_systemd(namespace, [f"worker.service {COMING['between two starts']} {SIDEKIQ}"])
    namespace.run("status")
    calls = (namespace.folder / "calls.systemctl").read_text().splitlines()
    assert {call.split()[0] for call in calls} == {"list-units", "list-jobs", "show"}, calls


def test_status_names_a_users_own_unit(namespace):
    install_systemd(namespace, [f"worker.service {COMING['between two starts']} {SIDEKIQ}"], user=1000)
    said = namespace.run("status")
    assert [(w["unit"], w["state"], w["pid"]) for w in said.workers] == [("user@1000:worker.service", "booting", 0)], said.line


@pytest.mark.parametrize("user", [None, 1000])
@together("namespace")
def test_status_waits_for_a_service_manager_once_and_not_for_long(place, user):
    install_systemd(place, [], user)
    place.imitate("7.3.9", "app", 5, 0)
    run = f"/run/user/{user}" if user else "/run"
    assert place.begin("touch", f"{run}/hangs").wait() == 0
    began = time.monotonic()
    assert place.run("status").states == ["running"]
    assert 9 < time.monotonic() - began < 18


def test_status_costs_as_much_with_systemd_whatever_it_runs(namespace):
    install_systemd(namespace, [f"worker.service simple active running - always {SIDEKIQ}"])
    with_one = waiting.processes_of(namespace, "status")
    write_units = "for i in 1 2 3 4 5 6 7 8 9; do echo \"w$i.service simple active running - always $1\"; done >/run/units"
    assert namespace.begin("sh", "-c", write_units, "sh", SIDEKIQ).wait() == 0
    assert waiting.processes_of(namespace, "status") == with_one <= 24


def set_upstart(place, lines):
    """What initctl prints of the job and its instances in place of what it has started."""
    (place.folder / "states").write_text("".join(line + "\n" for line in lines))


@pytest.mark.parametrize("state", ["start/starting", "start/pre-start, process 4194304", "start/spawned, process 4194304",
                                   "start/post-stop", "start/killed, process 4194304", "respawn/post-stop"])
def test_status_names_a_job_of_upstart_whose_worker_is_yet_to_come(namespace, state):
    install_upstart(namespace, "worker", "exec bundle exec sidekiq\n")
    set_upstart(namespace, [f"worker {state}"])
    said = namespace.run("status")
    assert [(w["unit"], w["state"], w["pid"]) for w in said.workers] == [("worker", "booting", 0)], said.line


@pytest.mark.parametrize("state", ["stop/waiting", "stop/killed, process 4194304", "stop/post-stop"])
def test_status_does_not_name_a_job_of_upstart_that_is_down(namespace, state):
    install_upstart(namespace, "worker", "exec bundle exec sidekiq\n")
    set_upstart(namespace, [f"worker {state}"])
    assert namespace.run("status").outcome == "no-worker"


def test_status_names_a_job_of_upstart_that_is_called_as_its_command_is(namespace):
    install_upstart(namespace, "sidekiq", "exec bundle exec sidekiq -e production\n")
    set_upstart(namespace, ["sidekiq start/pre-start, process 4194304"])
    assert [(w["unit"], w["state"]) for w in namespace.run("status").workers] == [("sidekiq", "booting")]


@pytest.mark.parametrize("shell", SHELLS)
def test_status_names_the_instance_of_an_upstart_job(namespace, shell):
    install_upstart(namespace, "worker", "instance ${index}\nexec bundle exec sidekiq -i ${index}\n")
    assert namespace.begin("initctl", "start", "worker", "index=0", stdout=subprocess.DEVNULL).wait() == 0
    time.sleep(0.3)
    set_upstart(namespace, ["worker (1) start/pre-start, process 4194304", "\tpre-start process 4194303",
                            "worker (2) stop/waiting"])
    said = namespace.run("status", shell)
    assert [(w["unit"], w["state"]) for w in said.workers] == [("worker(1)", "booting"), ("worker(0)", "running")], said.line


@pytest.mark.parametrize("shell", [None, *SHELLS])
@together("namespace")
def test_upstart(place, shell):
    """quiet, wake, stop and wake with a job of Upstart in place of a unit; in each shell from the
    first line to the last."""
    install_upstart(place, "worker", "exec bundle exec sidekiq -t 20\nkill timeout 15\n")
    assert place.begin("initctl", "start", "worker", stdout=subprocess.DEVNULL).wait() == 0
    time.sleep(0.5)
    quiet = place.run("quiet", shell)
    assert (quiet.outcome, [w["unit"] for w in quiet.workers]) == ("done", ["worker"]), quiet.line
    woken = place.run("wake", shell)
    assert (woken.outcome, woken.states) == ("done", ["running"]), woken.line
    stopped = place.run("stop", shell)
    assert (stopped.outcome, stopped.states) == ("done", ["stopped"]), stopped.line
    assert stopped.note == "worker: kill timeout 15 leaves Sidekiq less than its 20 s + 5 s"
    assert place.run("status", shell).states == ["stopped"]
    again = place.run("wake", shell)
    assert (again.outcome, again.states) == ("done", ["running"]), again.line
    assert calls_of_upstart(place) == ["start worker", "restart worker", "stop worker", "start worker"]


@together("namespace")
def test_upstart_with_several_instances_of_a_job(place):
    """As the example of Sidekiq's repository has it: one job, one instance of it for each
    process."""
    install_upstart(place, "worker", "instance ${index}\nexec bundle exec sidekiq -i ${index}\nkill timeout 30\n")
    for index in "01":
        assert place.begin("initctl", "start", "worker", f"index={index}", stdout=subprocess.DEVNULL).wait() == 0
    time.sleep(0.5)
    quiet = place.run("quiet")
    assert (quiet.outcome, [w["unit"] for w in quiet.workers]) == ("done", ["worker(0)", "worker(1)"]), quiet.line
    woken = place.run("wake")
    assert (woken.outcome, woken.states, woken.note) == ("done", ["running"] * 2, ""), woken.line
    stopped = place.run("stop")
    assert (stopped.outcome, stopped.states, stopped.note) == ("done", ["stopped"] * 2, ""), stopped.line
    again = place.run("wake")
    assert (again.outcome, again.states) == ("done", ["running"] * 2), again.line
    assert calls_of_upstart(place)[2:] == [f"{verb} worker index={i}" for verb in ("restart", "stop", "start") for i in "01"]


def test_without_root_it_refuses(namespace):
    done = namespace.begin("setpriv", "--reuid", "65534", "--clear-groups", "sh", "-s", "quiet",
                           stdin=open(SCRIPT), stdout=subprocess.PIPE)
    assert '"note":"must be run by root"' in done.communicate(timeout=10)[0] and done.returncode == 1


@pytest.mark.parametrize("arguments", [[], ["sing"], ["quiet", "now"], ["quiet; true"], ["finish"]])
def test_wrong_usage(arguments):
    done = subprocess.run(["sh", SCRIPT, *arguments], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("usage: ")
