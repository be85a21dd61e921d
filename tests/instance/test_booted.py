"""The script on instances with a real systemd, Sidekiq and Redis. Each test has its own; see
conftest.py."""

import os
import pathlib
import signal
import time

from booted import PATIENCE, together, wait_for

HERE = pathlib.Path(__file__).resolve().parent


@together("procfile")
def test_quiet_waits_for_the_job_and_wake_takes_the_next(place):
    place.wait_until_up()
    job = place.enqueue(9)
    wait_for("the job to start", lambda: place.started(job), 10)
    began = time.monotonic()
    said = place.run("quiet")
    assert (said.outcome, said.states, said.already) == ("done", ["idle"], False), said.line
    assert place.done(job) == 1, "quiet said done before the job had ended"
    assert time.monotonic() - began > 15, "0 busy was not watched for longer than a heartbeat"
    later = place.enqueue(0)
    again = place.run("quiet")
    assert (again.outcome, again.note, again.already) == ("done", "was quiet already", True), again.line
    assert place.queued() == 1 and not place.started(later), "a quiet worker took a job"
    pid = said.workers[0]["pid"]
    woken = place.run("wake")
    assert (woken.outcome, woken.states, woken.already) == ("done", ["running"], False), woken.line
    assert woken.workers[0]["pid"] != pid
    wait_for("the queued job to run", lambda: place.done(later) == 1, 10)
    again = place.run("wake")
    assert (again.note, again.already) == ("was awake already", True), again.line
    assert (place.started(job), place.done(job)) == (1, 1)


@together("procfile")
def test_status_says_since_when(place):
    def since(state):
        (worker,) = place.workers()
        assert worker["state"] == state
        return worker.get("since")

    (pid,) = place.wait_until_up()
    started = int(place.sh(f"date +%s -d \"$(ps -o lstart= -p {pid})\"").stdout)
    identity = f"{pid}:" + place.sh(f"sed 's/.*) //' /proc/{pid}/stat").stdout.split()[19]
    assert abs(since("running") - started) <= 2, "since its process began"
    began = int(time.time())
    assert "since" not in place.run("quiet").workers[0], "only a status says so"
    told = since("quiet")
    assert began <= told <= began + 10 * PATIENCE
    place.run("quiet")
    assert since("quiet") == told, "a second quiet told it nothing"
    place.sh("touch /var/lib/snow-white/quieted/1:1")
    began = int(time.time())
    place.run("stop")
    assert began <= since("stopped") <= time.time()
    assert place.sh("ls /var/lib/snow-white/quieted").stdout.split() == [identity], "one of who is gone"
    woken = place.run("wake")
    assert woken.outcome == "done" and since("running") >= began - 1, woken.line  # cut to seconds twice
    (pid,) = place.titles()
    place.sh(f"kill -TSTP {pid}")
    wait_for("what somebody else told it", lambda: [w["state"] for w in place.workers()] == ["quiet"], 20)
    assert since("quiet") is None


@together("pair")
def test_pair_is_restarted_once_as_one_unit(place):
    place.wait_until_up(2)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle", "idle"]), said.line
    assert {worker["unit"] for worker in said.workers} == {"worker.service"}
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running", "running"]), woken.line
    starts = place.sh("journalctl -u worker.service -o cat | grep -c 'Started worker.service'").stdout.strip()
    assert starts == "2", f"worker.service was started {starts} times, wanted 2: at boot and once by wake"


@together("pair")
def test_busy_member_keeps_its_unit_from_being_restarted(place):
    place.wait_until_up(2)
    job = place.enqueue(900)  # longer than this test takes under any load
    wait_for("the job to start", lambda: place.started(job), 10)
    quieting = place.begin("quiet")
    wait_for("both to be quiet", lambda: [w["state"] for w in place.workers()] == ["quiet", "quiet"], 20)
    os.killpg(quieting.pid, signal.SIGKILL)
    before = set(place.titles())
    said = place.run("wake")
    assert said.outcome == "busy", said.line
    assert sorted(said.states) == ["idle", "quiet"] and "worker.service: 1 of 2" in said.note, said.line
    assert set(place.titles()) == before and place.started(job) == 1


@together("pair")
def test_awake_member_keeps_its_unit_from_being_restarted(place):
    before = set(place.wait_until_up(2))
    place.sh(f"kill -TSTP {min(before)}")
    wait_for("one to be quiet", lambda: any(w["state"] == "quiet" for w in place.workers()), 20)
    said = place.run("wake")
    assert said.outcome == "busy" and "1 of 2 workers take jobs" in said.note, said.line
    assert set(place.titles()) == before


@together("procfile")
def test_booting_worker_is_waited_for_and_never_signalled(place):
    place.wait_until_up()
    place.write("/etc/systemd/system/worker.service.d/slow.conf",
                   "[Service]\nExecStart=\nExecStart=/usr/bin/sidekiq -e production -r /srv/app/slow.rb -c 5\n")
    place.write("/srv/app/slow.rb", "sleep 12\nrequire_relative 'nap'\n")
    place.sh("systemctl daemon-reload; systemctl restart --no-block worker")
    wait_for("a booting worker", lambda: [w["state"] for w in place.workers()] == ["booting"], 10)
    quieting = place.begin("quiet")
    while not place.titles():
        assert "suspended" not in [w["state"] for w in place.workers()], "TSTP was sent to a booting worker"
        time.sleep(0.5)
    output, _ = quieting.communicate(timeout=60)
    assert '"outcome":"done"' in output and '"state":"idle"' in output


@together("pair")
def test_suspended_worker_is_recovered_and_quieted(place):
    pid = min(place.wait_until_up(2))
    place.sh(f"kill -STOP {pid}")
    assert sorted(w["state"] for w in place.workers()) == ["running", "suspended"]
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle", "idle"]), said.line
    assert pid in place.titles()


@together("procfile")
def test_worker_that_comes_back_awake_is_quieted_again(place):
    (pid,) = place.wait_until_up()
    quieting = place.begin("quiet")
    wait_for("it to be quiet", lambda: [w["state"] for w in place.workers()] == ["quiet"], 20)
    place.sh(f"kill -KILL {pid}")
    output, _ = quieting.communicate(timeout=90)
    assert '"outcome":"done"' in output and f'"pid":{pid},' not in output
    assert "stopping" in place.titles().popitem()[1]


@together("procfile")
def test_wake_ends_a_quiet_that_is_under_way(place):
    """Another worker, of no service, keeps the quiet waiting; what wake restarts must stay
    awake."""
    place.wait_until_up()
    place.write("/root/imitation", (HERE / "imitation").read_text())
    place.write("/root/run", "SIGNALS=/root/signals perl /root/imitation 7.3.9 other 5 500 2 >/dev/null 2>&1 &\n")
    assert place.sh("sh /root/run").returncode == 0
    quieting = place.begin("quiet")
    wait_for("both to be quiet", lambda: [w["state"] for w in place.workers()] == ["quiet", "quiet"], 20)
    said = place.run("wake")
    assert said.outcome == "busy" and sorted(said.states) == ["quiet", "running"], said.line
    output, _ = quieting.communicate(timeout=10)
    assert '"outcome":"failed"' in output and "were woken while quiet was under way" in output
    time.sleep(12)
    assert sorted(w["state"] for w in place.workers()) == ["quiet", "running"]


@together("procfile")
def test_stop_lets_jobs_end_stays_down_and_wake_starts_it(place):
    place.wait_until_up()
    job = place.enqueue(6)
    wait_for("the job to start", lambda: place.started(job), 10)
    said = place.run("stop")
    assert (said.outcome, said.states) == ("done", ["stopped"]), said.line
    assert (place.started(job), place.done(job)) == (1, 1)
    time.sleep(4)
    assert not place.titles(), "Restart=always brought it back"
    assert place.sh("stat -c %a /var/lib/snow-white /var/lib/snow-white/stopped").stdout.split() == ["700"] * 2
    for action, note in (("stop", "was stopped already"), ("quiet", "was stopped already"), ("status", "")):
        said = place.run(action)
        assert (said.outcome, said.states, said.note) == ("done", ["stopped"], note), said.line
        assert said.already == (action != "status")
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"]), woken.line
    assert place.sh("ls /var/lib/snow-white/stopped").stdout == ""


@together("pair")
def test_stop_of_a_pair_and_both_come_back(place):
    place.wait_until_up(2)
    place.write("/etc/systemd/system/worker.service.d/short.conf", "[Service]\nTimeoutStopSec=10\n")
    place.sh("systemctl daemon-reload")
    said = place.run("stop")
    assert (said.outcome, said.states) == ("done", ["stopped"]), said.line
    assert said.note == "worker.service: TimeoutStopSec=10s leaves Sidekiq less than its 25 s + 5 s"
    assert place.run("wake").states == ["running", "running"]


@together("procfile")
def test_record_of_a_unit_that_is_gone_is_no_failure(place):
    place.wait_until_up()
    assert place.run("stop").outcome == "done"
    place.sh("rm /etc/systemd/system/worker.service /etc/systemd/system/*.wants/worker.service; "
                "systemctl daemon-reload; systemctl reset-failed")
    assert place.run("status").outcome == "no-worker"
    said = place.run("wake")
    assert said.outcome == "no-worker" and "worker.service, stopped earlier, exists no more" in said.note, said.line
    assert place.run("wake").note == ""


@together("procfile")
def test_wake_of_a_service_that_cannot_start_says_so(place):
    place.wait_until_up()
    assert place.run("stop").outcome == "done"
    place.write("/etc/systemd/system/worker.service.d/broken.conf",
                   "[Unit]\nStartLimitBurst=1\n[Service]\nExecStart=\nExecStart=/bin/false\nRestart=no\n")
    place.sh("systemctl daemon-reload")
    said = place.run("wake")
    assert said.outcome == "failed" and "worker.service: 0 of 1 workers came back" in said.note, said.line
    assert said.states == ["stopped"], "it is still down because of our stop, and wake must find it again"


@together("web")
def test_no_sidekiq_is_not_quiet(place):
    for action in ("quiet", "wake", "stop", "status"):
        said = place.run(action)
        assert (said.outcome, said.workers) == ("no-worker", []), said.line


@together("procfile")
def test_killed_as_by_a_cancel_it_leaves_only_a_note_of_the_signal(place):
    place.wait_until_up()
    job = place.enqueue(900)
    wait_for("the job to start", lambda: place.started(job), 10)
    files = "find /tmp /var/tmp /run /root /var/lib -newer /root/mark -not -path '*/systemd/*' -type f"
    place.begin("status").wait()
    place.sh("touch /root/mark; sleep 1")
    for number in (signal.SIGKILL, signal.SIGTERM):
        quieting = place.begin("quiet")
        wait_for("the signal", lambda: place.workers()[0]["state"] == "quiet", 20)
        began = time.monotonic()
        os.killpg(quieting.pid, number)
        quieting.wait(5)
        assert time.monotonic() - began < 1
    for name in ("KILL", "TERM"):  # to the script alone: no child of it stays
        quieting = place.begin("quiet")
        time.sleep(6)
        place.sh(f"pkill -{name} -f '[s]now-white-instance.sh quiet'")
        quieting.wait(5)
        assert place.sh("pgrep -lx 'bash|sleep|timeout|systemctl' -r R,S,D").stdout == ""
    left = place.sh(f"pgrep -f '[s]now-white-instance.sh quiet'; {files}").stdout.split()
    told = [file for file in left if file.startswith("/var/lib/snow-white/quieted/")]
    assert len(told) == 1 and left in (told, ["/root/snow-white-instance.sh", *told]), left
    assert place.started(job) == 1 and not place.done(job), "the job went on"
