"""How the script recognises a worker whose title does not show it, on instances with a real
systemd, Sidekiq and bundler."""

import os
import pathlib
import signal
import time

from booted import INSTANCES, Said, together, wait_for
from test_layouts import MAILER, add_unit, starts

IMITATION = (pathlib.Path(__file__).resolve().parent / "imitation").read_text()

# As Elastic Beanstalk's engine creates it from a Procfile; the application is where the others have
# it.
_, UNIT = (INSTANCES / "units/procfile.service").read_text().split("[Unit]")
PROCFILE = ("[Unit]" + UNIT).replace("NAME", "more").replace("COMMAND", "%s").replace("/var/app/current/", "/srv/app")
# Ruby loads, and boots, for a while; then Sidekiq sets its title.
SLOW = "sleep 25\nload '/srv/app/nap.rb'\n"


def two_running(place):
    return [w["state"] for w in place.workers()] == ["running"] * 2


@together("sidekiq")
def test_bundle_exec_is_awaited_while_it_boots(place):
    """Bundler loads the program into itself and shows its command as one string."""
    place.wait_until_up()
    place.write("/srv/app/slow.rb", SLOW)
    add_unit(place, "worker.service", PROCFILE % "bundle exec sidekiq -e production -r /srv/app/slow.rb -c 2")
    wait_for("bundler", lambda: "bundle exec" in place.sh("ps -eo args=").stdout, 20)
    time.sleep(4)
    assert "booting" in [w["state"] for w in place.run("status").workers]
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 2), said.line
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"] * 2), woken.line


def quiet_with_a_launcher_of_ones_own(place, command):
    place.wait_until_up()
    place.write("/srv/app/bin/worker", "#!/usr/bin/ruby\n$0 = 'worker: loading'\nsleep 25\n"
                "ARGV.replace(%w[-e production -r /srv/app/nap.rb -c 2])\nload '/usr/bin/sidekiq'\n")
    place.sh("chmod 755 /srv/app/bin/worker")
    add_unit(place, "worker.service", PROCFILE % command)
    wait_for("it to load", lambda: "worker: loading" in place.sh("ps -eo args=").stdout, 20)
    assert sorted(w["state"] for w in place.run("status").workers) == ["booting", "running"]
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 2), said.line


@together("sidekiq")
def test_a_launcher_that_names_sidekiq_is_awaited_while_it_boots(place):
    quiet_with_a_launcher_of_ones_own(place, "exec bin/worker")


@together("sidekiq")
def test_a_launcher_whose_unit_names_sidekiq_is_awaited_while_it_boots(place):
    quiet_with_a_launcher_of_ones_own(place, "cd /srv/app; : config/sidekiq.yml; exec ./bin/worker")


@together("sidekiq")
def test_a_unit_for_sidekiq_that_never_shows_a_worker_is_reported(place):
    place.wait_until_up()
    place.script = place.script.replace("boot_limit=180 ", "boot_limit=12 ")
    add_unit(place, "worker.service", PROCFILE % "sleep 500; : sidekiq")
    add_unit(place, "metrics.service", PROCFILE % "sleep 500; : sidekiq-prometheus-exporter")
    said = place.run("quiet")
    assert said.outcome == "failed" and [w["state"] for w in said.workers if w["pid"]] == ["idle"], said.line
    assert said.note == ("worker.service is for Sidekiq and runs, but none of its processes has shown itself as a worker "
                         "for more than 12 s")


RENAMES = """require '/srv/app/nap.rb'
class Nap
  def perform(seconds)
    note_start
    (seconds / 3).times { $0 = 'import: row 5 of 9'; sleep 3 }
    count 'done'
  end
end
"""


@together("sidekiq")
def test_a_worker_whose_job_sets_another_title_stays_one(place):
    place.wait_until_up()
    place.write("/srv/app/renames.rb", RENAMES)
    place.sh("systemctl stop sidekiq; systemctl disable sidekiq")
    add_unit(place, "worker.service", MAILER.replace("nap.rb", "renames.rb") % "")
    place.wait_until_up()
    assert place.run("status").states == ["running"]
    job = place.enqueue(24)
    wait_for("the job to start", lambda: place.started(job), 10)
    place.begin("quiet").communicate(timeout=300)
    assert place.done(job) == 1, "quiet said so while the job ran"
    place.run("wake")
    job = place.enqueue(60)
    wait_for("the job to start", lambda: place.started(job), 10)
    pid = place.sh("systemctl show -p MainPID --value worker").stdout.strip()
    quieting = place.begin("quiet")
    wait_for("its note", lambda: f"{pid}:" in place.sh("ls /var/lib/snow-white/quieted").stdout, 40)
    quieting.kill()
    quieting.wait()
    woken = place.run("wake")
    assert woken.outcome == "busy", woken.line
    assert (place.started(job), place.done(job)) == (1, 0)


PARENT = """#!/usr/bin/perl
$0 = 'puma 6.4 (tcp://0.0.0.0:80) [app]';
unless (fork) { exec '/usr/bin/sidekiq', '-e', 'production', '-r', '/srv/app/nap.rb', '-c', '2' }
sleep 1 while 1;
"""


@together("sidekiq")
def test_a_web_server_with_sidekiq_as_a_child_keeps_its_main_process(place):
    place.wait_until_up()
    place.write("/srv/app/bin/web", PARENT)
    place.sh("chmod 755 /srv/app/bin/web")
    add_unit(place, "server.service", PROCFILE.replace('/bin/sh -c "%s"', "%s") % "/srv/app/bin/web sidekiq")
    wait_for("both", lambda: two_running(place), 40)
    main = place.sh("systemctl show -p MainPID --value server").stdout.strip()
    before = place.sh("systemctl show -p MainPID '*.service' | grep -v =0").stdout
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 2), said.line
    woken = place.run("wake")
    assert woken.outcome == "failed", woken.line
    assert f"runs in server.service, which also runs puma 6.4 (tcp: (pid {main}): restart it by hand" in woken.note \
        or f"(pid {main}): restart it by hand" in woken.note, woken.note
    stopped = place.run("stop")
    assert stopped.outcome == "failed" and f"(pid {main}): quiet, but not stopped" in stopped.note, stopped.line
    after = place.sh("systemctl show -p MainPID '*.service' | grep -v =0").stdout
    assert f"MainPID={main}\n" in after and starts(place, "server.service") == 1
    assert len(set(before.split()) - set(after.split())) == 1, "only the unit that is Sidekiq's alone was stopped"


@together("sidekiq")
def test_a_unit_that_never_becomes_ready_is_not_idle(place):
    place.wait_until_up()
    place.script = place.script.replace("boot_limit=180 ", "boot_limit=20 ")
    add_unit(place, "worker.service",
             PROCFILE.replace("Type=simple", "Type=notify\nTimeoutStartSec=200\nNotifyAccess=main")
             % "env -u NOTIFY_SOCKET /usr/bin/sidekiq -e production -r /srv/app/nap.rb -c 2; exit 0")
    wait_for("both", lambda: two_running(place), 40)
    said = place.run("quiet")
    assert said.outcome == "failed", said.line
    assert "worker.service has been activating for more than 20 s" in said.note


@together("sidekiq")
def test_a_hanging_service_manager_delays_no_signal(place):
    place.wait_until_up()
    os.kill(place.leader, signal.SIGSTOP)
    try:
        quieting = place.begin("quiet")
        wait_for("the signal", lambda: any(title.endswith("stopping") for title in place.titles().values()), 5)
        said = Said(*quieting.communicate(timeout=300))._with("quiet")
        assert (said.outcome, said.states) == ("done", ["idle"]), said.line
    finally:
        os.kill(place.leader, signal.SIGCONT)


@together("namespace")
def test_below_sidekiq_5_nothing_is_signalled(place):
    place.imitate("4.2.10", "app", 5, 0)
    place.imitate("7.3.9", "app", 5, 0)
    said = place.run("quiet")
    assert said.outcome == "failed" and len(place.signals.read_text().split()) == 1, said.line
    (old,) = [w["pid"] for w in said.workers if w["version"] == "4.2.10"]
    assert said.note == f"worker {old} is of a Sidekiq below 5, which cannot be quieted with TSTP: send it USR1 by hand"


@together("namespace")
def test_a_worker_without_any_title_for_a_while_stays_one(place):
    """A job that sets an empty title, for longer than a heartbeat: the known worker is awaited, and
    its jobs do not count as none."""
    place.begin("perl", "-e", "$SIG{TSTP} = sub { $told = 1 }; $0 = 'sidekiq 7.3.9 app [1 of 5 busy]'; "
                "select undef, undef, undef, 0.2 until $told; $0 = ''; $end = time + 20; sleep 1 while time < $end; "
                "$0 = 'sidekiq 7.3.9 app [0 of 5 busy] stopping'; sleep 200")
    wait_for("it", lambda: place.run("status").states == ["running"], 10)
    began = time.monotonic()
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"]), said.line
    assert time.monotonic() - began > 25


# What the suspect owns: a folder with a script of the same name as the unit's, in its own working
# directory.
SERVER = """[Service]
WorkingDirectory=/srv/server
ExecStart=/bin/sh -c "bin/serve & wait"
Restart=always
"""


@together("sidekiq")
def test_what_a_process_owns_is_no_evidence_for_its_unit(place):
    place.wait_until_up()
    place.write("/root/imitation", IMITATION)
    place.write("/srv/mine/bin/serve", "#!/bin/sh\nexec sidekiq\n")
    place.write("/srv/server/bin/serve", "#!/bin/sh\nsetpriv --reuid 65534 --clear-groups sh -c 'cd /srv/mine && "
                "exec env SIGNALS=/dev/null perl /root/imitation 7.3.9 app 5 0 2' &\nsleep 500\n")
    place.sh("chmod -R 755 /srv /root")
    add_unit(place, "server.service", SERVER)
    wait_for("both", lambda: two_running(place), 20)
    main = place.sh("systemctl show -p MainPID --value server").stdout
    place.run("quiet")
    for action in ("wake", "stop"):
        said = place.run(action)
        assert said.outcome == "failed" and "runs in server.service, which" in said.note, said.line
    assert place.sh("systemctl show -p MainPID --value server").stdout == main and starts(place, "server.service") == 1


EMBEDDED = """[Service]
User=webapp
RootDirectory=/opt/trixie
MountAPIVFS=yes
BindReadOnlyPaths=/srv/app
WorkingDirectory=/srv/app
EnvironmentFile=/opt/elasticbeanstalk/deployment/env
ExecStart=/usr/bin/ruby /srv/app/server.rb
Restart=always
"""
SERVER_WITH_SIDEKIQ = """require '/srv/app/nap.rb'
Sidekiq.configure_embed { |config| config.queues = %w[embedded]; config.concurrency = 2 }.run
$0 = 'puma 6.4 (tcp://0.0.0.0:80) [app]'
sleep
"""


@together("releases")
def test_sidekiq_inside_another_program_is_named_and_left_alone(place):
    """As puma does with configure_embed, by a real Sidekiq 7."""
    place.wait_until_up()
    place.write("/srv/app/server.rb", SERVER_WITH_SIDEKIQ)
    add_unit(place, "server.service", EMBEDDED)
    job = place.enqueue(0, "embedded")
    wait_for("a job inside it", lambda: place.done(job) == 1, 40)
    main = place.sh("systemctl show -p MainPID --value server").stdout.strip()
    seen = {w["unit"]: w["state"] for w in place.run("status").workers}
    assert seen == {"server.service": "running", "sidekiq.service": "running"}
    assert place.run("status").names_in_redis == place.processes()
    words = f"Sidekiq runs inside ruby (pid {main} of server.service) and takes jobs: nobody can quiet it there from outside"
    said = place.run("quiet")
    assert (said.outcome, said.states, said.note) == ("failed", ["idle"], words), said.line
    place.sh("systemctl stop sidekiq")
    alone = place.run("stop")
    assert (alone.outcome, alone.note) == ("failed", words), alone.line
    assert place.sh("systemctl show -p MainPID --value server").stdout.strip() == main


@together("sidekiq")
def test_a_worker_that_survives_a_restart_is_named(place):
    place.wait_until_up()
    add_unit(place, "worker.service", PROCFILE.replace("Restart=always", "Restart=always\nKillMode=process")
             % "cd /srv/app && /usr/bin/sidekiq -e production -r /srv/app/nap.rb -c 2 -t 600; exit 0")
    wait_for("both", lambda: two_running(place), 40)
    place.run("quiet")
    (old,) = [w["pid"] for w in place.workers() if w["unit"] == "worker.service"]
    woken = place.run("wake")
    assert woken.outcome == "failed", woken.line
    assert f"worker {old} outlived the restart of worker.service (KillMode=process, perhaps)" in woken.note
    assert sorted(woken.states) == ["idle", "running", "running"] or sorted(woken.states) == ["quiet", "running", "running"]


@together("namespace")
def test_a_title_without_room_for_its_count_is_reported(place):
    place.change_script("boot_limit=180 ", "boot_limit=6 ")
    place.begin("perl", "-e", "$0 = 'sidekiq 7.3.9 ap'; sleep 100")
    time.sleep(0.3)
    said = place.run("quiet")
    assert said.outcome == "failed" and said.note.endswith(
        "has been booting for more than 6 s, or its title is cut: it was started with too few words"), said.line


@together("sidekiq")
def test_a_unit_whose_worker_has_left_its_control_group_is_not_awaited(place):
    """As with `su` under logind, which puts it into a session's."""
    place.wait_until_up()
    place.script = place.script.replace("boot_limit=180 ", "boot_limit=12 ")
    add_unit(place, "worker.service", PROCFILE.replace("User=webapp\n", "").replace('/bin/sh -c "%s"', "%s")
             % "/usr/bin/systemd-run --scope --unit=elsewhere /usr/bin/sidekiq -e production -r /srv/app/nap.rb -c 2")
    wait_for("both", lambda: two_running(place), 40)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 2), said.line
    assert sorted(w["unit"] for w in said.workers) == ["", "sidekiq.service"]
