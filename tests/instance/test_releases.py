"""The script on real Sidekiq 6.4, 7.3 and 8.1 side by side (5.2 as well, where there is one:
releases.py), and the imitation compared with each of them."""

import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

import releases
from booted import together, wait_for

HERE = pathlib.Path(__file__).resolve().parent


def where_there_is_one(test):
    marked = together("five") if releases.FIVE else pytest.mark.skip("SIDEKIQ_5 names no folder with a Sidekiq 5")
    return marked(test)


def add_releases(place, names):
    """-> queue -> version, of each that runs here."""
    for name in names:
        place.write(f"/etc/systemd/system/sidekiq-{name}.service", releases.unit(name))
    place.sh(f"systemctl daemon-reload; systemctl start --no-block {' '.join(f'sidekiq-{name}' for name in names)}")
    place.wait_until_up(1 + len(names))
    return {"default": "6.4.1"} | {name: releases.version(name) for name in names}


@together("releases")
def test_quiet_wake_and_stop_of_each_release(place):
    """Each has a job of its own; a heartbeat is 5 s of the first and 10 s of the others."""
    quiet_wake_and_stop(place, releases.SUITES, "678")


@where_there_is_one
def test_quiet_wake_and_stop_of_sidekiq_5(place):
    quiet_wake_and_stop(place, ["five"], "56")


def quiet_wake_and_stop(place, names, majors):
    versions = add_releases(place, names)
    count = len(versions)
    assert sorted(version[0] for version in versions.values()) == list(majors)
    units = {"sidekiq.service" if queue == "default" else f"sidekiq-{queue}.service": version
             for queue, version in versions.items()}
    jobs = [place.enqueue(8, queue) for queue in versions]
    wait_for("the jobs to start", lambda: all(map(place.started, jobs)), 10)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * count), said.line
    assert {w["unit"]: w["version"] for w in said.workers} == units
    assert [(place.started(job), place.done(job)) for job in jobs] == [(1, 1)] * count, "done was said while a job ran"
    later = [place.enqueue(0, queue) for queue in versions]
    assert place.run("quiet").already
    assert [place.queued(queue) for queue in versions] == [1] * count, "a quiet worker took a job"
    before = set(place.titles())
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"] * count), woken.line
    assert not before & set(place.titles())
    wait_for("the queued jobs to end", lambda: [place.done(job) for job in later] == [1] * count, 15)
    stopped = place.run("stop")
    assert (stopped.outcome, stopped.states, stopped.note) == ("done", ["stopped"] * count, ""), stopped.line
    time.sleep(3)
    assert not place.titles(), "Restart=always brought one back"
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"] * count), woken.line


LATE = 1.3  # s, by which a loaded machine may shift the time of a heartbeat


def title_of(pid):
    """None once it has ended."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode().rstrip() or None
    except (FileNotFoundError, ProcessLookupError):
        return None


def life_of(pid, give_job):
    """Its titles from the first with a count on, each with its duration. It gets a job, is quieted
    as soon as its title shows that, and ended when the title shows that it is idle."""
    shown = []

    def next_title(end):
        def look():
            title = title_of(pid)
            return (title, time.monotonic()) if title is None or title.endswith(end) else None
        shown.append(wait_for(f"{end} after {shown}", look, 40))

    next_title("[0 of 5 busy]")
    give_job()
    next_title("[1 of 5 busy]")
    os.kill(pid, signal.SIGTSTP)
    next_title("[1 of 5 busy] stopping")
    next_title("[0 of 5 busy] stopping")
    os.kill(pid, signal.SIGTERM)
    wait_for("its end", lambda: title_of(pid) is None, 10)
    times = [at for _, at in shown]
    return [title for title, _ in shown], [after - before for before, after in zip(times, times[1:])]


def outside(place, pid):
    """The PID that a process of the instance has on this machine."""
    own = os.readlink(f"/proc/{place.leader}/ns/pid")
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            numbers = re.search(r"^NSpid:.*?(\d+)$", (process / "status").read_text(), re.MULTILINE)
            if numbers[1] == str(pid) and os.readlink(process / "ns/pid") == own:
                return int(process.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    raise AssertionError(f"no process {pid} in {place.name}")


@together("releases")
def test_the_imitation_equals_real_workers(place):
    is_alike(place, releases.SUITES)


@where_there_is_one
def test_the_imitation_equals_sidekiq_5(place):
    is_alike(place, ["five"])


def is_alike(place, names):
    """Of each release a real worker and an imitation of it, with a job at the same time and the
    same signals: both show the same titles, and change them only at a heartbeat, each 5 s before
    Sidekiq 7 and each 10 s since."""
    versions = add_releases(place, names)
    # TERM ends them here: one that restarted would take another's job.
    place.sh("for unit in sidekiq sidekiq-*; do systemctl set-property --runtime $unit Restart=no; done")
    with concurrent.futures.ThreadPoolExecutor(2 * len(versions)) as pool:
        pairs = []
        for pid, title in place.titles().items():
            version, tag = re.fullmatch(r"sidekiq (\S+) (.*) \[0 of 5 busy\]", title).groups()
            queue = next(queue for queue, each in versions.items() if each == version)
            beat = 5 if version[0] in "56" else 10
            busy = 2.5 * beat  # shows at the first heartbeat from now, and at the next one or two
            imitation = subprocess.Popen(["perl", HERE / "imitation", version, tag, "5", f"1-{busy}"],
                                         env={**os.environ, "SIGNALS": "/dev/null"})
            real = pool.submit(life_of, outside(place, pid), lambda queue=queue, busy=busy: place.enqueue(busy, queue))
            pairs.append((beat, real, pool.submit(life_of, imitation.pid, lambda: None)))
        assert len(pairs) == len(versions)
        for beat, real, imitated in pairs:
            assert real.result()[0] == imitated.result()[0]
            for each in (real, imitated):
                told, ended = each.result()[1][1:]
                assert abs(told - beat) < LATE, f"shows that it is stopping after {told} s, a beat is {beat} s"
                late = ended - beat if ended < 1.5 * beat else ended - 2 * beat
                assert abs(late) < LATE, f"shows the job's end after {ended} s, a beat is {beat} s"
