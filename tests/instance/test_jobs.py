"""What becomes of jobs that are not simply run to their end: each sentence of docs/operations.md,
"What happens to my jobs", with real Sidekiq. Iterable jobs by Sidekiq 7.3 and 8.1, periodic jobs by
sidekiq-cron 1.8 on Sidekiq 6.4 (no Debian has it for a later one), scheduled jobs by all three."""

import json
import time
import uuid

import releases
from booted import together, wait_for
from test_releases import add_releases

# Each step records itself, so that one that is left out or done twice shows.
IMPORT = """require '/srv/app/nap.rb'
class Import
  include Sidekiq::IterableJob
  def build_enumerator(steps, cursor:) = array_enumerator((0...steps).to_a, cursor: cursor)
  def each_iteration(step, _steps)
    Sidekiq.redis { |redis| redis.call('RPUSH', "ledger:steps:#{jid}", step) }
    sleep 1
  end
end
"""
STEPS = 60  # of a second each


def add_importers(place):
    """A worker of each release that has iterable jobs, and no other. -> their queues."""
    place.write("/srv/app/import.rb", IMPORT)
    place.sh("systemctl stop sidekiq; systemctl disable sidekiq")
    for suite in releases.SUITES:
        place.write(f"/etc/systemd/system/sidekiq-{suite}.service", releases.unit(suite).replace("nap.rb", "import.rb"))
    place.sh(f"systemctl daemon-reload; systemctl start {' '.join(f'sidekiq-{suite}' for suite in releases.SUITES)}")
    wait_for("both", lambda: [w["state"] for w in place.workers()] == ["running"] * 2, 40)
    return releases.SUITES


def hand_in(place, kind, arguments, queue="default", later=None):
    """later: of Redis's sorted sets the one in which it waits for a second, `schedule` or
    `retry`."""
    job = {"class": kind, "args": arguments, "jid": uuid.uuid4().hex[:24], "queue": queue, "retry": 5,
           "created_at": time.time(), "enqueued_at": time.time()}
    place.redis.call(place.database, "sadd", "queues", queue)
    if later is None:
        place.redis.call(place.database, "lpush", f"queue:{queue}", json.dumps(job))
    else:
        place.redis.call(place.database, "zadd", later, time.time() + 1, json.dumps(job))
    return job["jid"]


def steps(place, jid):
    return [int(step) for step in place.redis.call(place.database, "lrange", f"ledger:steps:{jid}", 0, -1).split()]


@together("releases")
def test_an_iterable_job_is_put_back_half_done_by_a_quiet_and_goes_on_after_a_wake(place):
    queues = add_importers(place)
    jobs = {queue: hand_in(place, "Import", [STEPS], queue) for queue in queues}
    wait_for("some steps", lambda: all(len(steps(place, job)) > 2 for job in jobs.values()), 20)
    said = place.run("quiet")
    assert (said.outcome, said.states) == ("done", ["idle"] * 2), said.line
    for queue, job in jobs.items():
        half = steps(place, job)
        assert half == list(range(len(half))) and len(half) < STEPS, "it has ended, or has left a step out"
        assert place.queued(queue) == 1, "it is not in its queue"
        assert place.redis.call(place.database, "hget", f"it-{job}", "c") == str(len(half)), "where it goes on"
    before = {job: steps(place, job) for job in jobs.values()}
    time.sleep(4)
    assert {job: steps(place, job) for job in jobs.values()} == before, "it goes on although all is quiet"
    assert place.run("wake").outcome == "done"
    wait_for("all steps", lambda: all(len(steps(place, job)) >= STEPS for job in jobs.values()), 120)
    time.sleep(2)
    assert [steps(place, job) for job in jobs.values()] == [list(range(STEPS))] * 2, "each step once, in order"


@together("releases")
def test_an_iterable_job_goes_on_at_once_where_another_worker_takes_jobs(place):
    """As when only some environments of an application are quieted."""
    (queue, _) = add_importers(place)
    place.write("/etc/systemd/system/other.service", releases.unit(queue).replace("nap.rb", "import.rb"))
    job = hand_in(place, "Import", [STEPS], queue)
    wait_for("some steps", lambda: len(steps(place, job)) > 2, 20)
    (pid,) = [w["pid"] for w in place.workers() if w["unit"] == f"sidekiq-{queue}.service"]
    place.sh("systemctl daemon-reload; systemctl start other")
    place.sh(f"kill -TSTP {pid}")
    wait_for("the first to have put it back", lambda: place.titles()[pid].endswith("[0 of 5 busy] stopping"), 30)
    assert len(steps(place, job)) < STEPS
    wait_for("all steps", lambda: len(steps(place, job)) >= STEPS, 120)
    assert steps(place, job) == list(range(STEPS)) and place.queued(queue) == 0


@together("releases")
def test_scheduled_jobs_and_retries_wait_while_all_workers_are_quiet(place):
    """A quiet worker's poller has ended, in each release."""
    versions = add_releases(place, releases.SUITES)
    sets = ("schedule", "retry")

    def hand_in_each():
        return [hand_in(place, "Nap", [0], queue, later) for queue in versions for later in sets]

    def are_done(jobs):
        return all(place.done(job) == 1 for job in jobs)

    awake = hand_in_each()
    wait_for("those that come due while they are awake", lambda: are_done(awake), 60)
    assert place.run("quiet").outcome == "done"
    jobs = hand_in_each()
    time.sleep(60)
    left = [place.redis.call(place.database, "zcard", each) for each in sets]
    assert left == ["3", "3"], "a quiet worker has moved one into its queue"
    assert place.run("wake").outcome == "done"
    wait_for("them", lambda: are_done(jobs), 60)


# Each 10 s; the poller looks each second.
CRON = """require '/srv/app/nap.rb'
require 'sidekiq-cron'
Sidekiq.options[:cron_poll_interval] = 1
class Tick < Nap
  def perform = Sidekiq.redis { |redis| redis.rpush('ledger:ticks', Time.now.to_i) }
end
Sidekiq.configure_server { Sidekiq::Cron::Job.create(name: 'tick', cron: '*/10 * * * * *', class: 'Tick') }
"""


@together("sidekiq")
def test_periodic_jobs_are_skipped_while_all_workers_are_quiet(place):
    """Of sidekiq-cron."""
    def ticks():
        return [int(at) for at in place.redis.call(place.database, "lrange", "ledger:ticks", 0, -1).split()]

    place.write("/srv/app/cron.rb", CRON)
    place.sh("sed -i s/nap.rb/cron.rb/ /etc/systemd/system/sidekiq.service; systemctl daemon-reload; systemctl restart sidekiq")
    wait_for("two ticks", lambda: len(ticks()) > 1, 60)
    assert place.run("quiet").outcome == "done"
    quiet_from, before = time.time(), len(ticks())
    time.sleep(45)
    assert len(ticks()) == before and place.queued() == 0, "one was run, or waits for a worker"
    assert place.run("wake").outcome == "done"
    awake_from = time.time()
    wait_for("two more", lambda: len(ticks()) > before + 2, 60)
    later = ticks()[before:]
    caught_up = sum(at < awake_from + 9 for at in later)
    assert caught_up <= 2, f"those of {awake_from - quiet_from:.0f} s were made up for: {later}"
