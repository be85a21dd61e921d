"""Layouts other than a single unit, on instances with a real systemd: several units, a swarm, a
container, a crash loop."""

import pathlib
import time

from booted import Said, together, wait_for

IMITATION = (pathlib.Path(__file__).resolve().parent / "imitation").read_text()
CONTAINER = "0123456789ab" + "c" * 52

# As Elastic Beanstalk creates it from a second line in a Procfile: the command in a shell, without
# a setting for stopping.
MAILER = """[Service]
User=webapp
WorkingDirectory=/srv/app
EnvironmentFile=/opt/elasticbeanstalk/deployment/env
ExecStart=/bin/sh -c "exec /usr/bin/sidekiq -e production -r /srv/app/nap.rb -c 2 %s"
Restart=always
TimeoutStopSec=40
"""
SWARM = """[Service]
Environment=SIGNALS=/run/signals
ExecStart=/usr/bin/perl /root/imitation swarm 7.3.9
Restart=always
TimeoutStopSec=infinity
"""


USERS = """[Service]
Environment=REDIS_URL=%s
WorkingDirectory=/srv/app
ExecStart=/usr/bin/sidekiq -e production -r /srv/app/nap.rb -c 2 -t 25
Restart=always
RestartSec=10
TimeoutStopSec=20
"""

# A server as any host has one: its first process is root's, the one that answers clients is not.
FRONT = """[Service]
ExecStart=/bin/sh -c "setpriv --reuid 65534 --clear-groups %s & wait"
Restart=always
"""
FORGER = "env SIGNALS=/dev/null perl /root/imitation 7.3.9 app 5 0 2"


def add_unit(place, name, text):
    place.write(f"/etc/systemd/system/{name}", text)
    place.sh(f"systemctl daemon-reload; systemctl start --no-block {name}")


def of_user(place, words):
    return place.sh(f"setpriv --reuid 1000 --regid 1000 --clear-groups env XDG_RUNTIME_DIR=/run/user/1000 systemctl --user {words}")


def starts(place, unit):
    return int(place.sh(f"journalctl -u {unit} -o cat | grep -c 'Started {unit}'").stdout)


@together("sidekiq")
def test_two_units_and_a_swarm_are_each_restarted_once(place):
    place.write("/root/imitation", IMITATION)
    add_unit(place, "mailer.service", MAILER % "-t 60")
    add_unit(place, "swarm.service", SWARM)
    units = ["mailer.service", "sidekiq.service", "swarm.service", "swarm.service"]
    wait_for("four workers", lambda: [w["state"] for w in place.workers()] == ["running"] * 4, 40)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 4), said.line
    assert sorted(w["unit"] for w in said.workers) == units
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"] * 4), woken.line
    assert [starts(place, unit) for unit in units] == [2, 2, 2, 2], "at boot, and once by wake"
    stopped = place.run("stop")
    assert (stopped.outcome, stopped.states) == ("done", ["stopped"] * 3), stopped.line
    assert stopped.note == "mailer.service: TimeoutStopSec=40s leaves Sidekiq less than its 60 s + 5 s"
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"] * 4), woken.line


def quiet_and_wake_a_pair(place, groups):
    """groups: whether /proc/PID/cgroup has systemd's group in v1's line, and in v2's."""
    pid = min(place.wait_until_up(2))
    lines = dict(line.split(":")[1:] for line in place.sh(f"cat /proc/{pid}/cgroup").stdout.splitlines())
    assert [lines.get(hierarchy, "/") != "/" for hierarchy in ("name=systemd", "")] == groups, lines
    for action, state in (("quiet", "idle"), ("wake", "running")):
        said = place.run(action)
        assert (said.outcome, said.states) == ("done", [state] * 2), said.line
        assert {w["unit"] for w in said.workers} == {"worker.service"}


@together("v1")
def test_control_groups_of_v1_alone(place):
    """As Amazon Linux 2 has them."""
    quiet_and_wake_a_pair(place, [True, False])


@together("v2")
def test_control_groups_of_v2_alone(place):
    """As Amazon Linux 2023 and Debian have them. The others' instances have both."""
    quiet_and_wake_a_pair(place, [False, True])


@together("sidekiq")
def test_a_users_own_unit(place):
    """Of a user who lingers, with a systemd of their own."""
    place.sh("cd /etc/systemd/system; rm dbus.service dbus.socket systemd-logind.service; systemctl daemon-reload; "
             "systemctl start dbus systemd-logind; useradd --uid 1000 --create-home deploy; loginctl enable-linger deploy")
    place.write("/home/deploy/.config/systemd/user/sidekiq.service", USERS % place.redis.url(place.database))
    wait_for("their systemd", lambda: of_user(place, "is-system-running").stdout == "running\n", 20)
    assert of_user(place, "start sidekiq").returncode == 0
    wait_for("both", lambda: [w["state"] for w in place.workers()] == ["running"] * 2, 30)
    units = ["sidekiq.service", "user@1000:sidekiq.service"]
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 2), said.line
    assert sorted(w["unit"] for w in said.workers) == units
    before = set(place.titles())
    woken = place.run("wake")
    assert (woken.outcome, woken.states, woken.note) == ("done", ["running"] * 2, ""), woken.line
    assert not before & set(place.titles())
    of_user(place, "kill --kill-who=main -s KILL sidekiq")
    wait_for("its end", lambda: "auto-restart" in of_user(place, "show -p SubState sidekiq").stdout, 5)
    coming, other = place.workers()
    assert (coming["unit"], coming["state"], coming["pid"], other["state"]) == (units[1], "booting", 0, "running")
    wait_for("both again", lambda: [w["state"] for w in place.workers()] == ["running"] * 2, 30)
    stopped = place.run("stop")
    assert (stopped.outcome, stopped.states) == ("done", ["stopped"] * 2), stopped.line
    assert stopped.note == "user@1000:sidekiq.service: TimeoutStopSec=20s leaves Sidekiq less than its 25 s + 5 s"
    time.sleep(3)
    assert not place.titles(), "Restart=always brought it back"
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"] * 2), woken.line
    place.run("stop")
    place.sh("systemctl stop user@1000")
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("failed", ["running"]), woken.line
    assert woken.note == "user@1000:sidekiq.service, stopped earlier, cannot be started: its service manager does not answer"


@together("sidekiq")
def test_a_users_systemd_that_does_not_answer_delays_nothing(place):
    """That user controls its socket."""
    place.wait_until_up()
    place.write("/root/mute", "mkdir -p /run/user/1000/systemd; chown -R webapp /run/user/1000\n"
                "exec setpriv --reuid webapp --clear-groups perl -MIO::Socket::UNIX -e '"
                'IO::Socket::UNIX->new(Local => "/run/user/1000/systemd/private", Listen => 5) or die; sleep 500\' </dev/null\n')
    place.sh("systemd-run sh /root/mute")
    wait_for("the socket", lambda: place.sh("test -S /run/user/1000/systemd/private").returncode == 0, 10)
    began = time.monotonic()
    assert place.run("quiet").states == ["idle"]
    assert time.monotonic() - began < 50


# Suspends every process of that user that is about to call their systemd.
SUSPENDS = """while (1) {
    for (glob "/proc/[0-9]*") {
        my ($pid) = /(\\d+)$/;
        next unless ((stat $_)[4] // 0) == 1000 && open F, "<", "$_/comm";
        my $name = <F> // "";
        kill STOP => $pid if $name =~ /^(timeout|systemctl)/;
    }
    select undef, undef, undef, .005;
}
"""


@together("procfile")
def test_a_user_who_suspends_the_script_s_calls_delays_nothing(place):
    """The user controls the processes that run as them, including a time-out, if that runs as
    them."""
    place.wait_until_up()
    place.write("/srv/suspends", SUSPENDS)
    place.write("/srv/listens", "use IO::Socket::UNIX;\n"
                "IO::Socket::UNIX->new(Local => '/run/user/1000/systemd/private', Listen => 5) or die;\nsleep 500;\n")
    place.sh("mkdir -p /run/user/1000/systemd; chown -R 1000:1000 /run/user/1000; "
             "for each in listens suspends; do systemd-run setpriv --reuid 1000 --regid 1000 --clear-groups perl /srv/$each; done")
    wait_for("the socket", lambda: place.sh("test -S /run/user/1000/systemd/private").returncode == 0, 10)
    assert place.run("quiet", limit=100).states == ["idle"]
    assert place.sh("pgrep -u 1000 'timeout|systemctl'").stdout == "", "nothing of ours is left"


@together("procfile")
def test_a_worker_that_su_has_put_into_a_session_is_its_units(place):
    """As `su` does under logind, which gives it a session's scope: here systemd-run creates that.
    su passes TERM on."""
    place.wait_until_up()
    place.write("/srv/start", "#!/bin/sh\nsystemd-run --scope --quiet --unit=session-$$ --slice=user-999.slice setpriv --reuid webapp "
                "--regid webapp --clear-groups /usr/bin/sidekiq -e production -r /srv/app/nap.rb -c 2 &\n"
                "trap 'kill $!; wait' TERM\nwait\n")
    unit = MAILER.replace("User=webapp\n", "").split("ExecStart=")[0] + "ExecStart=/bin/sh /srv/start\nRestart=always\n"
    add_unit(place, "mailer.service", unit)
    wait_for("both", lambda: [w["state"] for w in place.workers()] == ["running"] * 2, 40)
    assert sorted(w["unit"] for w in place.workers()) == ["mailer.service", place.unit]
    before = {w["pid"] for w in place.workers()}
    assert place.run("quiet").states == ["idle"] * 2
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"] * 2), woken.line
    assert not before & {w["pid"] for w in woken.workers}
    stopped = place.run("stop")
    assert (stopped.outcome, stopped.states) == ("done", ["stopped"] * 2), stopped.line
    assert place.titles() == {}


@together("sidekiq")
def test_the_time_for_jobs_is_read_from_the_file_that_sidekiq_reads(place):
    add_unit(place, "mailer.service", MAILER % "-C jobs.yml")
    place.write("/srv/app/jobs.yml", "---\n:concurrency: 2\nproduction:\n  :timeout: 50\n")
    place.sh("systemctl restart mailer")
    wait_for("two workers", lambda: [w["state"] for w in place.workers()] == ["running"] * 2, 40)
    assert place.run("stop").note == "mailer.service: TimeoutStopSec=40s leaves Sidekiq less than its 50 s + 5 s"


@together("sidekiq")
def test_worker_in_a_container_is_quieted_and_left_where_it_is(place):
    place.wait_until_up()
    place.write("/root/imitation", IMITATION)
    place.write("/root/run", f"systemd-run --scope --unit=docker-{CONTAINER}.scope unshare --pid --fork --mount-proc "
                             "env SIGNALS=/root/signals perl /root/imitation 7.3.9 app 5 0 2 >/dev/null 2>&1 &\n")
    assert place.sh("sh /root/run").returncode == 0
    wait_for("both", lambda: [w["state"] for w in place.workers()] == ["running"] * 2, 20)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 2), said.line
    assert sorted(w["unit"] for w in said.workers) == ["container:0123456789ab", "sidekiq.service"]
    woken = place.run("wake")
    assert woken.outcome == "failed" and sorted(woken.states) == ["idle", "running"], woken.line
    assert ("runs in container:0123456789ab, which is unknown to Docker here: restart it by hand with what started it "
            "(podman restart 0123456789ab, for example)") in woken.note
    stopped = place.run("stop")
    assert stopped.outcome == "failed" and sorted(stopped.states) == ["idle", "stopped"], stopped.line
    assert "runs in container:0123456789ab, which is unknown to Docker here: quiet, but not stopped" in stopped.note


@together("pair")
def test_a_crash_loop_is_reported(place):
    """The other unit's worker still runs a job: the script waits for that, and for the crashing one
    no longer than its time."""
    place.wait_until_up(2)
    place.script = place.script.replace("boot_limit=180 ", "boot_limit=20 ")
    place.write("/srv/app/crash.rb", "sleep 1.5\nabort 'no database'\n")
    add_unit(place, "mailer.service", MAILER.replace("nap.rb", "crash.rb") % "" + "RestartSec=1\n")
    wait_for("a crash", lambda: starts(place, "mailer.service") > 1, 30)
    job = place.enqueue(60)
    wait_for("the job to start", lambda: place.started(job), 10)
    began = time.monotonic()
    said = place.run("quiet")
    assert said.outcome == "failed" and "mailer.service is started again and again: " in said.note, said.line
    assert [w["state"] for w in said.workers if w["unit"] == "worker.service"] == ["idle", "idle"]
    assert place.done(job) == 1 and time.monotonic() - began < 300
    place.sh("systemctl stop mailer")
    assert place.run("quiet").already


def start_after_a_late_one(place, seconds):
    place.write("/etc/systemd/system/late.service", f"[Service]\nType=oneshot\nExecStart=/bin/sleep {seconds}\n")
    place.write("/etc/systemd/system/mailer.service", "[Unit]\nAfter=late.service\n" + MAILER % "")
    place.sh("systemctl daemon-reload; systemctl start --no-block late; systemctl start --no-block mailer")


@together("pair")
def test_a_unit_whose_start_has_to_wait_is_awaited(place):
    """It is down and has no process until what it is ordered after is there: before the quiet, and
    during it."""
    place.wait_until_up(2)
    start_after_a_late_one(place, 8)
    assert place.sh("systemctl is-active mailer").stdout == "inactive\n"
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 3), said.line
    assert sorted(w["unit"] for w in said.workers) == ["mailer.service", "worker.service", "worker.service"]

    place.run("wake")
    job = place.enqueue(10)
    wait_for("the job to start", lambda: place.started(job), 10)
    quiet = place.begin("quiet")
    wait_for("the mailer quiet", lambda: [w["state"] for w in place.workers() if w["unit"] == "mailer.service"] != ["running"], 20)
    place.sh("systemctl stop --no-block mailer")
    wait_for("its end", lambda: len(place.titles()) == 2, 40)
    start_after_a_late_one(place, 30)
    said = Said(*quiet.communicate(timeout=300))._with("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 3), said.line
    assert place.done(job) == 1


@together("pair")
def test_a_unit_that_never_starts_is_reported(place):
    place.wait_until_up(2)
    place.script = place.script.replace("boot_limit=180 ", "boot_limit=10 ")
    start_after_a_late_one(place, 600)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("failed", ["idle"] * 2), said.line
    assert said.note == "mailer.service has been waiting to be started for more than 10 s: systemctl list-jobs says what for"
    place.sh("systemctl stop --no-block mailer late")
    assert place.run("quiet").already


@together("sidekiq")
def test_a_worker_that_never_boots_is_reported(place):
    place.wait_until_up()
    place.script = place.script.replace("boot_limit=180 ", "boot_limit=15 ")
    place.write("/srv/app/hang.rb", "sleep\n")
    add_unit(place, "mailer.service", MAILER.replace("nap.rb", "hang.rb") % "")
    wait_for("a booting worker", lambda: "booting" in [w["state"] for w in place.workers()], 20)
    said = place.run("quiet")
    assert said.outcome == "failed" and said.states == ["booting", "idle"], said.line
    assert said.note == f"worker {said.workers[0]['pid']} of mailer.service has been booting for more than 15 s"


@together("sidekiq")
def test_a_process_that_looks_like_sidekiq_gets_no_other_service_restarted(place):
    place.wait_until_up()
    place.write("/root/imitation", IMITATION)
    place.sh("chmod 755 /root /root/imitation")
    add_unit(place, "front.service", FRONT % FORGER)
    wait_for("both", lambda: [w["state"] for w in place.workers()] == ["running"] * 2, 20)
    pids = place.sh("systemctl show -p MainPID front").stdout
    said = place.run("quiet")
    assert (said.outcome, sorted(w["unit"] for w in said.workers)) == ("done", ["front.service", "sidekiq.service"])
    forged = next(w["pid"] for w in said.workers if w["unit"] == "front.service")
    words = f"worker {forged} runs in front.service, which is not for Sidekiq alone as far as can be seen: "
    woken = place.run("wake")
    assert (woken.outcome, woken.note) == ("failed", words + "restart it by hand"), woken.line
    stopped = place.run("stop")
    assert (stopped.outcome, stopped.note) == ("failed", words + "quiet, but not stopped"), stopped.line
    assert sorted(stopped.states) == ["idle", "stopped"]
    assert place.sh("systemctl show -p MainPID front").stdout == pids and starts(place, "front.service") == 1


@together("pair")
def test_a_unit_that_is_between_two_starts_is_waited_for(place):
    """No process, RestartSec still to go: it would start awake after the others had been called
    quiet."""
    place.wait_until_up(2)
    add_unit(place, "mailer.service", MAILER % "" + "RestartSec=15\n")
    wait_for("three workers", lambda: [w["state"] for w in place.workers()] == ["running"] * 3, 40)
    place.sh("systemctl kill --kill-who=main -s KILL mailer")
    wait_for("its end", lambda: "auto-restart" in place.sh("systemctl show -p SubState mailer").stdout, 5)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 3), said.line
    assert sorted(w["unit"] for w in said.workers) == ["mailer.service", "worker.service", "worker.service"]


def start_the_mailer(place, settings):
    place.wait_until_up(2)
    add_unit(place, "mailer.service", MAILER % "" + settings)
    wait_for("three workers", lambda: [w["state"] for w in place.workers()] == ["running"] * 3, 40)


def wait_for_substate(place, substate):
    wait_for(substate, lambda: place.sh("systemctl show -p SubState mailer").stdout == f"SubState={substate}\n", 10)


def assert_the_mailer_is_coming(place):
    said = place.run("status")
    assert said.states == ["booting", "running", "running"], said.line
    assert said.workers[0] == {"pid": 0, "unit": "mailer.service", "version": "", "busy": 0, "of": 0, "state": "booting"}


@together("pair")
def test_status_names_a_unit_that_is_between_two_starts(place):
    start_the_mailer(place, "RestartSec=20\n")
    place.sh("systemctl kill --kill-who=main -s KILL mailer")
    wait_for_substate(place, "auto-restart")
    assert_the_mailer_is_coming(place)
    place.sh("systemctl stop mailer")
    assert place.run("status").states == ["running"] * 2, "somebody stopped it meanwhile"


@together("pair")
def test_status_names_a_unit_that_is_between_the_halves_of_a_restart(place):
    start_the_mailer(place, "ExecStopPost=/bin/sleep 12\n")
    place.sh("systemctl restart --no-block mailer")
    wait_for_substate(place, "stop-post")
    assert_the_mailer_is_coming(place)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 3), f"a quiet awaits it, too: {said.line}"

    place.run("wake")
    place.sh("systemctl kill --kill-who=main -s KILL mailer")
    wait_for_substate(place, "stop-post")
    assert_the_mailer_is_coming(place)
    wait_for("it again", lambda: place.run("status").states == ["running"] * 3, 40)
    place.sh("systemctl stop --no-block mailer")
    wait_for_substate(place, "stop-post")
    assert place.run("status").states == ["running"] * 2, "nobody will start it"


@together("pair")
def test_a_crash_loop_is_reported_by_wake(place):
    """What wake itself starts, and what crashed before: the other unit's workers are woken all the
    same."""
    place.wait_until_up(2)
    place.script = place.script.replace("boot_limit=180 ", "boot_limit=20 ")
    add_unit(place, "mailer.service", MAILER % "" + "RestartSec=1\n[Unit]\nStartLimitIntervalSec=0\n")
    wait_for("three workers", lambda: [w["state"] for w in place.workers()] == ["running"] * 3, 40)
    assert place.run("stop").outcome == "done"
    place.write("/etc/systemd/system/mailer.service.d/crash.conf",
                "[Service]\nExecStart=\nExecStart=/usr/bin/sidekiq -e production -r /srv/app/crash.rb\n")
    place.write("/srv/app/crash.rb", "sleep 1.5\nabort 'no database'\n")
    place.sh("systemctl daemon-reload")
    woken = place.run("wake")
    assert woken.outcome == "failed" and "mailer.service: 0 of 1 workers came back, of " in woken.note, woken.line
    assert "started one after the other" in woken.note
    assert [w["state"] for w in woken.workers if w["unit"] == "worker.service"] == ["running", "running"]
    again = place.run("wake")
    # At the last look it has a process, or none, by chance.
    assert again.outcome == "failed", again.line
    assert "mailer.service is started again and again" in again.note or "is still booting" in again.note, again.line
