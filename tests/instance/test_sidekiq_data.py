"""What the program reads of the Redis of real Sidekiq 6.4, 7.3 and 8.1 (and 5.2, where SIDEKIQ_5
names one), each with its own Ruby in the folders of sandbox/instances/root. Plain jobs and jobs of
ActiveJob run; a secret argument of theirs never appears."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

import releases
from booted import INSTANCES, wait_for

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "contract"))
from redis_server import READ, RedisServer, snapshot_of  # noqa: E402
from test_sidekiq_redis import IN_URL, rule  # noqa: E402

PATH = os.environ["PATH"] + ":/usr/sbin"
MISSING = [tool for tool in ("mmdebstrap", "redis-server", "chroot") if not shutil.which(tool, path=PATH)]
pytestmark = [pytest.mark.skipif(os.geteuid() != 0 or bool(MISSING), reason=f"needs root, and {' '.join(MISSING)}"),
              pytest.mark.skipif(not READ.exists(), reason=f"{READ.name} is not built: scripts/compile dev:contract")]

SECRET = "s3cret-argument-5555444433331111"
VERSIONS = {"root": "6.4", "trixie": "7.3", "forky": "8.1", "five": "5.2"}
APPLICATION = """require 'sidekiq'
require 'active_job' unless ENV['PLAIN']
SERVER = {url: ENV['REDIS_URL']}
Sidekiq.configure_server { |config| config.redis = SERVER }
Sidekiq.configure_client { |config| config.redis = SERVER }
class Nap
  include Sidekiq::Worker
  def perform(seconds, *) = sleep(seconds)
end
if defined?(ActiveJob)
  ActiveJob::Base.queue_adapter = :sidekiq
  ActiveJob::Base.logger = nil
  class ReportJob < ActiveJob::Base
    queue_as :low
    def perform(seconds, *) = sleep(seconds)
  end
end
"""
CLIENT = """require '/srv/app/data.rb'
Nap.perform_async(60, ENV['SECRET'])
ReportJob.perform_later(60, ENV['SECRET']) if defined?(ActiveJob)
3.times { Nap.set(queue: 'waiting').perform_async(1, ENV['SECRET']) }
Nap.perform_in(3600, 1)
"""


def root_of(release):
    """A folder with this Sidekiq and its Ruby. 5.2 runs by the Ruby of Debian 12."""
    arguments = [] if release in ("root", "five") else [release]
    made = subprocess.run([INSTANCES / "root", *arguments], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"not run: {made.stderr.strip()}")
    return made.stdout.strip()


@contextlib.contextmanager
def application(release, redis, folder, **environment):
    """A Sidekiq process and a client, each in a mount namespace of its own with the folder at
    /srv/app."""
    if release == "five" and not releases.FIVE:
        pytest.skip("SIDEKIQ_5 names no folder with a Sidekiq 5")
    root = root_of(release)
    folder.mkdir()
    (folder / "data.rb").write_text(APPLICATION)
    (folder / "client.rb").write_text(CLIENT)
    five = releases.FIVE if release == "five" else ""
    variables = {"PATH": "/usr/sbin:/usr/bin:/bin", "LANG": "C.UTF-8", "REDIS_URL": redis.url(rest="/3"), "SECRET": SECRET,
                 **environment}
    ruby = ["ruby", "-W0", "-I", "/mnt/lib"] if five else ["ruby", "-W0"]
    script = ('mount -t tmpfs none "$1/srv" && mkdir "$1/srv/app" && mount --bind "$2" "$1/srv/app" && '
              'mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev" && '
              '{ [ -z "$3" ] || mount --bind "$3" "$1/mnt"; } && root=$1 && shift 3 && exec chroot "$root" "$@"')

    def inside(*command):
        return ["unshare", "--mount", "sh", "-c", script, "sh", root, str(folder), five, *command]

    program = "/mnt/bin/sidekiq" if five else "/usr/bin/sidekiq"
    log = open(folder / "sidekiq.log", "w")
    with log:
        process = subprocess.Popen(inside(*ruby, program, "-e", "production", "-r", "/srv/app/data.rb", "-c", "3", "-q",
                                          "default", "-q", "low"), env=variables, stdout=log, stderr=log)
    try:
        done = subprocess.run(inside(*ruby, "/srv/app/client.rb"), env=variables, check=False, capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0, done.stderr
        yield process
    finally:
        process.kill()
        process.wait()


def seen_when(url, holds, what, log):
    last = {}

    def look():
        last.update(snapshot_of(url))
        return holds(last)
    try:
        wait_for(what, look, 40)
    except AssertionError as slow:
        raise AssertionError(f"{slow}; the last look: {json.dumps(last)}; {log.read_text()[-3000:]}") from slow
    return last


@pytest.mark.parametrize("release", VERSIONS)
def test_jobs_of_a_real_sidekiq(release, tmp_path):
    with RedisServer(tmp_path / "redis") as redis:
        redis.call(*rule())
        plain = {"PLAIN": "1"} if release == "five" else {}
        with application(release, redis, tmp_path / "app", **plain) as process:
            check(process, redis, release, redis.url(IN_URL, "/3"), tmp_path / "app/sidekiq.log")


def check(process, redis, release, url, log):
    jobs = [("Nap", "default")] + ([] if release == "five" else [("ReportJob", "low")])
    seen = seen_when(url, lambda one: len(one["jobs"]) == len(jobs), "the running jobs", log)
    assert sorted((one["class"], one["queue"]) for one in seen["jobs"]) == jobs
    (worker,) = seen["processes"]
    assert worker["pid"] == process.pid and worker["host"] == os.uname().nodename
    assert worker["concurrency"] == 3 and worker["busy"] == len(jobs) and sorted(worker["queues"]) == ["default", "low"]
    assert not worker["quiet"] and not worker["embedded"] and not seen["dead"]
    assert worker["version"].startswith(VERSIONS[release] if release in releases.SUITES else ""), worker
    for job in seen["jobs"]:
        assert job["identity"] == worker["identity"] and 20 <= len(job["id"]) <= 36
        # Sidekiq's lib/sidekiq/component.rb and processor.rb: the thread's object id XOR the PID,
        # in base 36. Where both are small, two digits are left.
        assert re.fullmatch("[0-9a-z]+", job["thread"]), job
        started = time.mktime(time.strptime(job["started"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
        assert abs(time.time() - started) < 60
    assert {"name": "waiting", "waiting": 3, "paused": False} in seen["queues"] and seen["scheduled"] == 1
    assert SECRET not in json.dumps(seen)
    assert SECRET in redis.call("HVALS", f"{worker['identity']}:work", database=3) + redis.call(
        "HVALS", f"{worker['identity']}:workers", database=3), "the secret is nowhere: the test shows nothing"
    process.send_signal(signal.SIGTSTP)
    seen = seen_when(url, lambda one: one["processes"] and one["processes"][0]["quiet"], "the quiet", log)
    process.kill()
    process.wait()
    assert len(seen["jobs"]) == len(jobs), "a quiet process still runs its jobs"


def test_a_process_that_was_killed_is_dead(tmp_path):
    with RedisServer(tmp_path / "redis") as redis:
        url = redis.url(rest="/3")
        with application("root", redis, tmp_path / "app") as process:
            log = tmp_path / "app/sidekiq.log"
            seen = seen_when(url, lambda one: one["processes"], "the process", log)
            process.kill()
            identity = seen["processes"][0]["identity"]
            redis.call("DEL", identity, database=3)  # as Redis does 60 s after the last beat
            seen = snapshot_of(url)
            assert (seen["dead"], seen["processes"], seen["jobs"]) == ([identity], [], [])
