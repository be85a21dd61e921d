"""Workers under a supervisor that root runs inside a unit: runit's runsv, supervisord and foreman,
of Debian's packages."""

import pathlib

from booted import together, wait_for
from test_elastic_beanstalk import main_pids
from test_layouts import add_unit

IMITATION = (pathlib.Path(__file__).resolve().parent / "imitation").read_text()
SIDEKIQ = "/usr/bin/sidekiq -e production -r /srv/app/nap.rb -c 2"
UNIT = """[Service]
WorkingDirectory=/srv/app
EnvironmentFile=/opt/elasticbeanstalk/deployment/env
ExecStart=%s
Restart=always
"""
# The default of `autorestart`: a process that ends with 0 is not restarted.
PROGRAMS = f"""[program:worker]
command={SIDEKIQ}
directory=/srv/app
user=webapp
[program:web]
command=/bin/sleep 5000
"""


def alone(place):
    """The instance without the Sidekiq that it boots with."""
    place.wait_until_up()
    place.sh("systemctl stop sidekiq; systemctl disable sidekiq")


def is_up(place):
    wait_for("the worker", lambda: [w["state"] for w in place.workers()] == ["running"], 40)
    return place.workers()[0]


def others(place):
    """Every process but the worker's and those that list them."""
    lines = place.sh("ps -eo pid=,lstart=,args= | grep -v -e ps.-eo -e 'sidekiq [0-9]' -e sidekiq.conf").stdout.splitlines()
    return [line for line in lines if "sleep 5000" in line or "runsv" in line or "supervisord" in line or "foreman" in line]


def under_runit(place):
    for name, run in (("worker", f"exec chpst -u webapp:webapp {SIDEKIQ}"), ("web", "exec sleep 5000")):
        place.write(f"/srv/sv/{name}/run", f"#!/bin/sh\n{run}\n")
    place.sh("chmod 755 /srv/sv/*/run")
    add_unit(place, "runit.service", UNIT % "/usr/bin/runsvdir /srv/sv")


def under_supervisord(place):
    place.write("/etc/supervisor/conf.d/app.conf", PROGRAMS)
    add_unit(place, "supervisord.service", UNIT % "/usr/bin/supervisord -n -c /etc/supervisor/supervisord.conf")


def quiet_wake_and_stop(place, start, supervisor, by_hand):
    alone(place)
    start(place)
    before = is_up(place)
    assert before["unit"].startswith(f"{supervisor}:")
    there, units = others(place), main_pids(place)
    assert len(there) > 1
    job = place.enqueue(12)
    wait_for("the job to start", lambda: place.started(job), 10)
    said = place.run("quiet")
    assert (said.outcome, said.states, place.done(job)) == ("done", ["idle"], 1), said.line
    woken = place.run("wake")
    assert (woken.outcome, woken.states, woken.note) == ("done", ["running"], ""), woken.line
    assert woken.workers[0]["pid"] != before["pid"]
    assert place.run("wake").already
    stopped = place.run("stop")
    (worker,) = stopped.workers
    assert (stopped.outcome, worker["state"]) == ("failed", "idle"), stopped.line
    assert stopped.note == (f"worker {worker['pid']} is run by {supervisor}, which may start it anew: quiet, but not stopped: "
                            f"{by_hand}")
    assert (others(place), main_pids(place)) == (there, units), "something else has another process"
    place.sh(by_hand)
    wait_for("its end", lambda: not place.titles(), 20)
    assert place.run("status").outcome == "no-worker"


@together("sidekiq")
def test_under_runit(place):
    quiet_wake_and_stop(place, under_runit, "runsv", "sv down /srv/sv/worker")


@together("sidekiq")
def test_under_supervisord(place):
    quiet_wake_and_stop(place, under_supervisord, "supervisord", "supervisorctl stop worker")


@together("sidekiq")
def test_a_worker_under_runit_that_runs_a_job_is_not_restarted(place):
    alone(place)
    under_runit(place)
    pid = is_up(place)["pid"]
    job = place.enqueue(900)
    wait_for("the job to start", lambda: place.started(job), 10)
    place.sh(f"kill -TSTP {pid}")
    wait_for("it to be quiet", lambda: [w["state"] for w in place.workers()] == ["quiet"], 20)
    said = place.run("wake")
    assert said.outcome == "busy" and said.workers[0]["pid"] == pid, said.line


@together("sidekiq")
def test_workers_that_runit_would_not_restart_are_left_alone(place):
    alone(place)
    under_runit(place)
    pid = is_up(place)["pid"]
    place.sh("sv once /srv/sv/worker")
    assert place.run("quiet").outcome == "done"
    said = place.run("wake")
    assert (said.outcome, said.workers[0]["pid"]) == ("failed", pid), said.line
    assert f"runsv does not keep worker {pid} running" in said.note


# A user's own supervisor, and a process of theirs that calls itself one.
USERS = """#!/bin/sh
mkdir -p /tmp/worker
printf '#!/bin/sh\\nexec env SIGNALS=/tmp/signals perl /srv/imitation 7.3.9 app 5 0 100\\n' >/tmp/worker/run
chmod 755 /tmp/worker/run
/usr/bin/runsv /tmp/worker &
exec perl -e '$0 = "python3 /usr/bin/supervisord -n"; system "SIGNALS=/tmp/signals perl /srv/imitation 7.3.9 other 5 0 100"; sleep 5000'
"""


@together("sidekiq")
def test_a_users_own_supervisor_is_not_trusted(place):
    alone(place)
    place.write("/srv/imitation", IMITATION)
    place.write("/srv/users", USERS)
    add_unit(place, "front.service", "[Service]\nUser=webapp\nExecStart=/bin/sh /srv/users\n")
    wait_for("both", lambda: [w["state"] for w in place.workers()] == ["running"] * 2, 20)
    before = sorted(w["pid"] for w in place.workers())
    assert {w["unit"] for w in place.workers()} == {"front.service"}
    assert place.run("quiet").outcome == "done"
    for action in ("wake", "stop"):
        said = place.run(action)
        assert said.outcome == "failed" and "runs in front.service, which also runs " in said.note, said.line
        assert "runsv (pid" in said.note
    assert sorted(w["pid"] for w in place.workers()) == before


@together("sidekiq")
def test_under_foreman_all_are_left_alone_and_named(place):
    """It ends all when one of them ends."""
    alone(place)
    place.write("/srv/app/Procfile.foreman", f"worker: {SIDEKIQ}\nweb: sleep 5000\n")
    add_unit(place, "app.service", UNIT % "/usr/bin/foreman start -f Procfile.foreman")
    pid = is_up(place)["pid"]
    there, units = others(place), main_pids(place)
    assert len(there) > 1
    assert place.run("quiet").states == ["idle"]
    for action, words in (("wake", "restart it by hand"), ("stop", "quiet, but not stopped")):
        said = place.run(action)
        assert (said.outcome, [w["pid"] for w in said.workers]) == ("failed", [pid]), said.line
        assert f"worker {pid} runs in app.service, which also runs " in said.note and words in said.note, said.note
    assert (others(place), main_pids(place)) == (there, units)
