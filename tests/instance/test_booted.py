"""The script on instances with a real systemd, Sidekiq and Redis. Each test has its own; see conftest.py."""

import os
import signal
import time

from booted import wait_for


def on_instance(layout):
    def mark(test):
        test.layout = layout
        return test
    return mark


@on_instance("sidekiq")
def test_quiet_waits_for_the_job_and_wake_takes_the_next(instance):
    instance.wait_until_up()
    job = instance.enqueue(9)
    wait_for("the job to start", lambda: instance.started(job), 10)
    began = time.monotonic()
    said = instance.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"]), said.line
    assert instance.done(job) == 1, "quiet said done before the job had ended"
    assert time.monotonic() - began > 15, "0 busy was not watched for longer than a heartbeat"
    later = instance.enqueue(0)
    again = instance.run("quiet")
    assert (again.outcome, again.note) == ("done", "was quiet already"), again.line
    assert instance.queued() == 1 and not instance.started(later), "a quiet worker took a job"
    pid = said.workers[0]["pid"]
    woken = instance.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"]), woken.line
    assert woken.workers[0]["pid"] != pid
    wait_for("the queued job to run", lambda: instance.done(later) == 1, 10)
    assert instance.run("wake").note == "was awake already"
    assert (instance.started(job), instance.done(job)) == (1, 1)


@on_instance("pair")
def test_pair_is_restarted_once_as_one_unit(instance):
    instance.wait_until_up(2)
    said = instance.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle", "idle"]), said.line
    assert {worker["unit"] for worker in said.workers} == {"worker.service"}
    woken = instance.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running", "running"]), woken.line
    starts = instance.sh("journalctl -u worker.service -o cat | grep -c 'Started worker.service'").stdout.strip()
    assert starts == "2", f"worker.service was started {starts} times, wanted 2: at boot and once by wake"


@on_instance("pair")
def test_busy_member_keeps_its_unit_from_being_restarted(instance):
    instance.wait_until_up(2)
    job = instance.enqueue(120)
    wait_for("the job to start", lambda: instance.started(job), 10)
    quieting = instance.begin("quiet")
    wait_for("both to be quiet", lambda: [w["state"] for w in instance.workers()] == ["quiet", "quiet"], 20)
    os.killpg(quieting.pid, signal.SIGKILL)
    before = set(instance.titles())
    said = instance.run("wake")
    assert said.outcome == "busy", said.line
    assert sorted(said.states) == ["idle", "quiet"] and "worker.service: 1 of 2" in said.note, said.line
    assert set(instance.titles()) == before and instance.started(job) == 1


@on_instance("pair")
def test_awake_member_keeps_its_unit_from_being_restarted(instance):
    before = set(instance.wait_until_up(2))
    instance.sh(f"kill -TSTP {min(before)}")
    wait_for("one to be quiet", lambda: any(w["state"] == "quiet" for w in instance.workers()), 20)
    said = instance.run("wake")
    assert said.outcome == "busy" and "1 of 2 workers take jobs" in said.note, said.line
    assert set(instance.titles()) == before


@on_instance("sidekiq")
def test_booting_worker_is_waited_for_and_never_signalled(instance):
    instance.wait_until_up()
    instance.write("/etc/systemd/system/sidekiq.service.d/slow.conf",
                   "[Service]\nExecStart=\nExecStart=/usr/bin/sidekiq -e production -r /srv/app/slow.rb -c 5\n")
    instance.write("/srv/app/slow.rb", "sleep 12\nrequire_relative 'nap'\n")
    instance.sh("systemctl daemon-reload; systemctl restart --no-block sidekiq")
    wait_for("a booting worker", lambda: [w["state"] for w in instance.workers()] == ["booting"], 10)
    quieting = instance.begin("quiet")
    while not instance.titles():
        assert "suspended" not in [w["state"] for w in instance.workers()], "TSTP was sent to a booting worker"
        time.sleep(0.5)
    output, _ = quieting.communicate(timeout=60)
    assert '"outcome":"done"' in output and '"state":"idle"' in output


@on_instance("sidekiq")
def test_suspended_worker_is_recovered_and_quieted(instance):
    (pid,) = instance.wait_until_up()
    instance.sh(f"systemctl show -p WatchdogUSec sidekiq; kill -STOP {pid}")
    assert [w["state"] for w in instance.workers()] == ["suspended"]
    said = instance.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"]), said.line


@on_instance("sidekiq")
def test_worker_that_comes_back_awake_is_quieted_again(instance):
    (pid,) = instance.wait_until_up()
    quieting = instance.begin("quiet")
    wait_for("it to be quiet", lambda: [w["state"] for w in instance.workers()] == ["quiet"], 20)
    instance.sh(f"kill -KILL {pid}")
    output, _ = quieting.communicate(timeout=90)
    assert '"outcome":"done"' in output and f'"pid":{pid},' not in output
    assert "stopping" in instance.titles().popitem()[1]


@on_instance("sidekiq")
def test_stop_lets_jobs_end_stays_down_and_wake_starts_it(instance):
    instance.wait_until_up()
    job = instance.enqueue(6)
    wait_for("the job to start", lambda: instance.started(job), 10)
    said = instance.run("stop")
    assert (said.outcome, said.states) == ("done", ["stopped"]), said.line
    assert (instance.started(job), instance.done(job)) == (1, 1)
    time.sleep(4)
    assert not instance.titles(), "Restart=always brought it back"
    assert instance.sh("stat -c %a /var/lib/snow-white /var/lib/snow-white/stopped").stdout.split() == ["700"] * 2
    for action, note in (("stop", "was stopped already"), ("quiet", ""), ("status", "")):
        said = instance.run(action)
        assert (said.outcome, said.states, said.note) == ("done", ["stopped"], note), said.line
    woken = instance.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"]), woken.line
    assert instance.sh("ls /var/lib/snow-white/stopped").stdout == ""


@on_instance("pair")
def test_stop_of_a_pair_and_both_come_back(instance):
    instance.wait_until_up(2)
    assert instance.run("stop").states == ["stopped"]
    assert instance.run("wake").states == ["running", "running"]


@on_instance("sidekiq")
def test_record_of_a_unit_that_is_gone_is_no_failure(instance):
    instance.wait_until_up()
    assert instance.run("stop").outcome == "done"
    instance.sh("rm /etc/systemd/system/sidekiq.service /etc/systemd/system/*.wants/sidekiq.service; "
                "systemctl daemon-reload; systemctl reset-failed")
    assert instance.run("status").outcome == "no-worker"
    said = instance.run("wake")
    assert said.outcome == "no-worker" and "sidekiq.service, stopped earlier, exists no more" in said.note, said.line
    assert instance.run("wake").note == ""


@on_instance("sidekiq")
def test_wake_of_a_service_that_cannot_start_says_so(instance):
    instance.wait_until_up()
    assert instance.run("stop").outcome == "done"
    instance.write("/etc/systemd/system/sidekiq.service.d/broken.conf",
                   "[Unit]\nStartLimitBurst=1\n[Service]\nExecStart=\nExecStart=/bin/false\nRestart=no\n")
    instance.sh("systemctl daemon-reload")
    said = instance.run("wake")
    assert said.outcome == "failed" and "sidekiq.service: 0 of 1 workers came back" in said.note, said.line
    assert said.states == ["stopped"], "it is still down because of our stop, and wake must find it again"


@on_instance("web")
def test_no_sidekiq_is_not_quiet(instance):
    for action in ("quiet", "wake", "stop", "status"):
        said = instance.run(action)
        assert (said.outcome, said.workers) == ("no-worker", []), said.line


@on_instance("sidekiq")
def test_killed_like_the_agent_cancels_leaves_nothing(instance):
    instance.wait_until_up()
    job = instance.enqueue(60)
    wait_for("the job to start", lambda: instance.started(job), 10)
    files = "find /tmp /var/tmp /run /root /var/lib -newer /root/mark -not -path '*/systemd/*' -type f"
    instance.begin("status").wait()
    instance.sh("touch /root/mark; sleep 1")
    for number in (signal.SIGKILL, signal.SIGTERM):
        quieting = instance.begin("quiet")
        wait_for("the signal", lambda: instance.workers()[0]["state"] == "quiet", 20)
        began = time.monotonic()
        os.killpg(quieting.pid, number)
        quieting.wait(5)
        assert time.monotonic() - began < 1
    left = instance.sh(f"pgrep -f '[s]cript.sh quiet'; {files}").stdout.split()
    assert left in ([], ["/root/script.sh"]), left
    assert instance.started(job) == 1 and not instance.done(job), "the job went on"
