"""The script on a host with Docker, as on Elastic Beanstalk's Docker platform: a real daemon, real
Sidekiq in its containers."""

import time

from booted import together, wait_for

# A container with more in it than Sidekiq.
BOTH = "Process.wait fork { exec '/usr/bin/' + %w[side kiq].join, '-e', 'production', '-r', '/srv/app/nap.rb', '-q', 'other' }"


@together("docker")
def test_quiet_wake_and_stop_of_containers(place):
    jobs = place.start_container()
    both = place.start_container(command=("/usr/bin/ruby", "-e", BOTH))
    ecs = place.start_container("--label", "com.amazonaws.ecs.task-arn=a",
                                command=("/usr/bin/sidekiq", "-e", "production", "-r", "/srv/app/nap.rb", "-q", "third"))
    wait_for("three workers", lambda: place.run("status").states == ["running"] * 3, 30)
    job = place.enqueue(6)
    wait_for("the job to start", lambda: place.started(job), 10)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 3), said.line
    assert {w["unit"] for w in said.workers} == {f"container:{name}" for name in (jobs, both, ecs)}
    assert (place.started(job), place.done(job)) == (1, 1)
    names = {place.docker("inspect", "--format", "{{.Name}}", w["unit"].split(":")[1]).output.strip("/ \n") for w in said.workers}
    assert {w["container"] for w in said.workers} == names and "" not in names
    assert sorted(w["inside"] for w in said.workers)[:2] == [1, 1], "the first process of its container"
    pids = {w["unit"]: w["pid"] for w in said.workers}

    woken = place.run("wake")
    assert woken.outcome == "failed" and sorted(woken.states) == ["idle", "idle", "running"], woken.line
    assert [w["unit"] for w in woken.workers if w["state"] == "running"] == [f"container:{jobs}"]
    assert not [w for w in woken.workers if w["state"] == "running" and w["pid"] in pids.values()]
    wanted = {f"worker {pids[f'container:{both}']} runs in container:{both}, which is not for Sidekiq alone as far as can be "
              f"seen: restart it by hand (docker restart {both})",
              f"worker {pids[f'container:{ecs}']} runs in container:{ecs}, which is started by ECS, Kubernetes or Swarm: "
              "stop its task or pod there, and a new one takes jobs"}
    assert set(woken.note.split("; ")) == wanted, woken.note

    assert place.docker("rm", "--force", both, ecs).returncode == 0
    stopped = place.run("stop")
    assert (stopped.outcome, stopped.states, stopped.note) == ("done", ["stopped"], ""), stopped.line
    time.sleep(2)
    assert place.docker("ps", "--quiet").output == "", "--restart=always brought it back"
    assert [(w["unit"], w["state"]) for w in place.run("status").workers] == [(f"container:{jobs}", "stopped")]
    woken = place.run("wake")
    assert (woken.outcome, woken.states) == ("done", ["running"]), woken.line
    later = place.enqueue(0)
    wait_for("a job after wake", lambda: place.done(later), 15)
    assert place.docker("rm", "--force", jobs).returncode == 0


@together("docker")
def test_a_container_between_two_starts_is_no_absence_of_workers(place):
    """Docker waits longer and longer, up to a minute, before it restarts a crashed container; there
    is no process meanwhile."""
    place.change_script("boot_limit=180 ", "boot_limit=20 ")
    crashing = place.start_container(command=("/usr/bin/sidekiq", "-e", "production", "-r", "/srv/app/none.rb"))
    restarts = ("inspect", "--format", "{{.RestartCount}} {{.State.Status}}", crashing)
    wait_for("a pause of some seconds", lambda: place.docker(*restarts).output in ("6 restarting", "7 restarting"), 60)
    assert [(w["unit"], w["state"]) for w in place.run("status").workers] == [(f"container:{crashing}", "booting")]
    said = place.run("quiet")
    assert said.outcome == "failed", said.line
    # Seen between two starts, or during one: on a loaded machine both take long.
    assert any(words in said.note for words in (f"container:{crashing} is started again and again",
                                                f"of container:{crashing} has been booting for more than")), said.line
    assert place.docker("rm", "--force", crashing).returncode == 0
