"""Instances as Elastic Beanstalk creates them: units of a Procfile with `bundle exec`, puma beside
them, and deploys."""

import os
import signal
import time

from booted import Said, together, wait_for

def main_pids(place):
    """unit -> its main process, of all that run."""
    shown = place.sh("systemctl show -p Id -p MainPID '*.service'").stdout.split("\n\n")
    pairs = (dict(line.split("=", 1) for line in unit.splitlines()) for unit in shown)
    return {unit["Id"]: unit["MainPID"] for unit in pairs if unit.get("MainPID", "0") != "0"}


@together("procfile")
def test_quiet_wake_stop_and_wake_touch_nothing_but_the_worker(place):
    place.wait_until_up()
    place.add_process("web")
    others = {unit: pid for unit, pid in main_pids(place).items() if unit != place.unit}
    assert "web.service" in others
    job = place.enqueue(20)
    wait_for("the job to start", lambda: place.started(job), 10)
    for action, state in (("quiet", "idle"), ("wake", "running"), ("stop", "stopped"), ("wake", "running")):
        said = place.run(action)
        assert (said.outcome, said.states) == ("done", [state]), said.line
        assert place.done(job) == 1
        now = main_pids(place)
        assert {unit: now.get(unit) for unit in others} == others


@together("procfile")
def test_the_line_names_the_host_and_the_scripts_that_act_there(place):
    """Only scripts that root runs count. A process of another user with such a title does not."""
    place.wait_until_up()
    job = place.enqueue(60)
    wait_for("the job to start", lambda: place.started(job), 10)
    place.sh("systemd-run --uid webapp perl -e '$0 = \"sh ./snow-white-instance.sh\\0quiet\"; sleep 500'")
    said = place.run("status")
    assert (said.line["host"], said.scripts) == (place.name, []), said.line
    quiets = [place.begin("quiet") for _ in range(2)]
    wait_for("the signal", lambda: [w["state"] for w in place.workers()] == ["quiet"], 20)
    said = place.run("status")
    assert sorted(one["pid"] for one in said.scripts) == sorted(
        int(pid) for pid in place.sh("pgrep -u root -f '[s]now-white-instance.sh quiet'").stdout.split()), said.line
    assert [one["action"] for one in said.scripts] == ["quiet"] * 2
    for quiet in quiets:
        os.killpg(quiet.pid, signal.SIGKILL)
        quiet.wait()
    assert place.run("status").scripts == []


def quiet_meanwhile(place, deploy):
    """A job runs that takes longer than a deploy allows. -> the output of the quiet."""
    place.wait_until_up()
    job = place.enqueue(45)
    wait_for("the job to start", lambda: place.started(job), 10)
    quiet = place.begin("quiet")
    wait_for("the signal", lambda: [w["state"] for w in place.workers()] == ["quiet"], 20)
    deploy()
    said = Said(*quiet.communicate(timeout=300))._with("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"]), said.line
    # The worker that the deploy started may have begun it once more before it was quieted.
    begun = place.started(job)
    waiting = place.enqueue(1)
    time.sleep(6)
    assert (place.started(waiting), place.started(job)) == (0, begun), "nobody takes jobs"
    assert place.done(job) == (1 if begun == 2 else 0)
    assert place.run("wake").outcome == "done"
    wait_for("both jobs done", lambda: place.done(job) == place.done(waiting) == 1, 60)


@together("procfile")
def test_a_deploy_in_the_middle_of_a_quiet(place):
    quiet_meanwhile(place, place.deploy)


@together("procfile")
def test_a_restart_of_the_target_in_the_middle_of_a_quiet(place):
    quiet_meanwhile(place, lambda: place.sh("systemctl restart --no-block eb-app.target"))


@together("pair")
def test_a_deploy_in_the_middle_of_a_quiet_of_two_processes(place):
    place.wait_until_up(2)
    job = place.enqueue(40)
    wait_for("the job to start", lambda: place.started(job), 10)
    quiet = place.begin("quiet")
    wait_for("the signal", lambda: [w["state"] for w in place.workers()] == ["quiet"] * 2, 20)
    place.deploy()
    said = Said(*quiet.communicate(timeout=300))._with("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 2), said.line


@together("procfile")
def test_a_deploy_starts_what_stop_had_stopped_and_status_says_so(place):
    """The engine does not know of our stop. A wake afterwards has nothing left to do."""
    place.wait_until_up()
    assert place.run("stop").outcome == "done"
    place.deploy()
    place.wait_until_up()
    assert place.run("status").states == ["running"]
    woken = place.run("wake")
    assert (woken.outcome, woken.note, woken.states) == ("done", "was awake already", ["running"]), woken.line
    assert place.run("quiet").states == ["idle"]


@together("procfile")
def test_wake_while_a_deploy_has_taken_the_stopped_unit_away(place):
    """Between the engine's commands no unit exists; its further state is the engine's work, and the
    output says so."""
    place.wait_until_up()
    assert place.run("stop").outcome == "done"
    place.sh(f"systemctl disable {place.unit}; rm /etc/systemd/system/{place.unit}; systemctl daemon-reload")
    woken = place.run("wake")
    assert woken.outcome == "no-worker" and f"{place.unit}, stopped earlier, exists no more" in woken.note, woken.line
