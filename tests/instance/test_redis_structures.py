"""What real Sidekiq writes into Redis, held against the shapes that the simulated Redis is held
against (tests/contract/sidekiq_structures.py)."""

import releases
from booted import together, wait_for
from sidekiq_structures import STRUCTURES, structures

# By the client of Sidekiq, as an application does it: a payload of its own making.
PUSH = """cd /srv/app && . /opt/elasticbeanstalk/deployment/env && export REDIS_URL && \
ruby -r sidekiq -e 'Sidekiq::Client.push("class" => "Nap", "args" => [30], "queue" => "{queue}", "retry" => true)'"""


def call(place):
    def lines(*words):
        return place.redis.call(place.database, *words).splitlines()
    return lines


def working_process(place, queue):
    """The identity of the process that runs a job of `queue`."""
    done = place.sh(PUSH.format(queue=queue))
    assert done.returncode == 0, done.stderr
    ask = call(place)

    def look():
        for identity in ask("SMEMBERS", "processes"):
            for key in (":work", ":workers"):
                if any(f'"queue":"{queue}"' in line for line in ask("HGETALL", identity + key)):
                    return identity
        return None

    return wait_for(f"a beat of a process that runs a job of {queue}", look, 20)


@together("sidekiq")
def test_sidekiq_6_writes_these_structures(place):
    place.wait_until_up()
    assert structures(call(place), working_process(place, "default")) == STRUCTURES["6"]


@together("releases")
def test_later_releases_write_these_structures(place):
    """The client that makes the payload is that of Sidekiq 6.4, so the payload is not compared."""
    for name in releases.SUITES:
        place.write(f"/etc/systemd/system/sidekiq-{name}.service", releases.unit(name))
    place.sh(f"systemctl daemon-reload; systemctl start --no-block {' '.join(f'sidekiq-{name}' for name in releases.SUITES)}")
    place.wait_until_up(1 + len(releases.SUITES))
    for name in releases.SUITES:
        wanted = dict(STRUCTURES[releases.version(name)[0]])
        seen = structures(call(place), working_process(place, name))
        del wanted["payload"], seen["payload"]
        assert seen == wanted, name
