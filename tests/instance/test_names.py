"""How Sidekiq calls a worker in Redis, `HOST:PID`, from what the line says: `as` and `inside` of
the worker, or else the line's `host` and the worker's `pid`. With a real Sidekiq 6.4, 7.3 and 8.1,
and with processes that only look like one."""

import pathlib
import platform

import pytest

import releases
from booted import together, wait_for
from test_imitated import SHELLS
from test_layouts import MAILER, add_unit
from test_releases import add_releases

# DYNO -> `as`. What does not fit becomes empty: it is another name than the host's, and no more is
# known.
NAMES = [(None, None), (platform.node(), None), ("worker.7", "worker.7"), ("a" * 64, "a" * 64), ("a" * 65, ""), ("", ""),
         ("a\nDYNO=b", ""), ("größe", ""), ("two words", ""), ('"},{"pid":1', ""), ("back\\slash", ""),
         ("$(id>/run/hit)`id`*;", "$(id>/run/hit)`id`*;")]
# Not the imitation: its Perl writes the title over the environment, which Ruby does for long titles
# only.
WORKER = ("bash", "-c", 'exec -a "sidekiq 7.3.9 app [0 of $0 busy]" sleep 1000')

OTHER_NAME = ("ExecStart=/usr/bin/unshare --uts --pid --fork --kill-child --mount-proc /bin/sh -c 'hostname shop-1 && "
              "exec /usr/bin/sidekiq -e production -r /srv/app/nap.rb -c 2'")


@together("releases")
def test_redis_has_the_names_of_the_line(place):
    place.wait_until_up()
    add_releases(place, releases.SUITES)
    add_unit(place, "dyno.service", MAILER.replace("[Service]", "[Service]\nEnvironment=DYNO=worker.7") % "")
    add_unit(place, "protected.service", MAILER.replace("[Service]", "[Service]\nProtectHostname=yes") % "")
    command = next(line for line in MAILER.splitlines() if line.startswith("ExecStart="))
    add_unit(place, "shop.service", MAILER.replace("User=webapp\n", "").replace(command, OTHER_NAME))
    place.wait_until_up(6)
    said = wait_for("six in Redis", lambda: len(place.processes()) == 6 and place.run("status"), 30)
    assert said.names_in_redis == place.processes(), said.line
    of_unit = {worker["unit"].split(".")[0]: worker for worker in said.workers if worker["unit"].endswith(".service")}
    assert sorted(of_unit) == ["dyno", "protected", "sidekiq", "sidekiq-forky", "sidekiq-trixie"]
    assert {name: worker["as"] for name, worker in of_unit.items() if "as" in worker} == {"dyno": "worker.7"}
    (shop,) = [worker for worker in said.workers if worker.get("as") == "shop-1"]
    assert shop["inside"] < shop["pid"] and "container" not in shop
    before = set(place.processes())
    quiet = place.run("quiet")
    assert quiet.outcome == "done" and quiet.names_in_redis == place.processes() == sorted(before), quiet.line


@together("docker")
def test_redis_has_the_names_of_containers(place):
    words = {"plain": (), "twin": (), "named": ("--hostname", "shop-1"), "dyno": ("--env", "DYNO=worker.7"),
             "pids": ("--pid", "host"), "uts": ("--uts", "host", "--env", "DYNO=web.1")}
    ids = {name: f"container:{place.start_container(*options)}" for name, options in words.items()}
    said = wait_for("six in Redis", lambda: len(place.processes()) == 6 and place.run("status"), 30)
    assert said.names_in_redis == place.processes(), said.line
    workers = {name: next(worker for worker in said.workers if worker["unit"] == unit) for name, unit in ids.items()}
    assert {name: worker.get("as") for name, worker in workers.items()} == {
        "plain": None, "twin": None, "named": "shop-1", "dyno": "worker.7", "pids": None, "uts": "web.1"}
    assert {name for name, worker in workers.items() if worker.get("inside") != 1} == {"pids"}


def names_by_threads(namespace, count, shell=None):
    wait_for("all of them", lambda: namespace.run("status").count == count, 10)
    said = namespace.run("status", shell)
    assert said.line["host"] == platform.node()
    return {worker["of"]: worker.get("as") for worker in said.workers}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_environment_may_name_the_host(namespace, shell):
    for at, (dyno, _) in enumerate(NAMES):
        namespace.begin(*WORKER, at, variables={} if dyno is None else {"DYNO": dyno})
    assert names_by_threads(namespace, len(NAMES), shell) == {at: name for at, (_, name) in enumerate(NAMES)}
    assert not pathlib.Path(f"/proc/{namespace.first}/root/run/hit").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_uts_namespace_may_name_the_host(namespace, shell):
    """2: as with systemd's ProtectHostname=, which changes no name."""
    namespace.begin("unshare", "--uts", "sh", "-c", 'hostname shop-1 && exec "$@"', "sh", *WORKER, 1)
    namespace.begin("unshare", "--uts", *WORKER, 2)
    namespace.begin("unshare", "--uts", "sh", "-c", 'hostname shop-3 && exec "$@"', "sh", *WORKER, 3, variables={"DYNO": "web.1"})
    assert names_by_threads(namespace, 3, shell) == {1: "shop-1", 2: None, 3: "web.1"}


def test_a_pid_namespace_without_a_container_has_a_pid_inside(namespace):
    namespace.begin("unshare", "--pid", "--fork", "--kill-child", *WORKER, 1)
    namespace.begin(*WORKER, 2)
    wait_for("both", lambda: namespace.run("status").count == 2, 10)
    inside = {worker["of"]: worker.get("inside") for worker in namespace.run("status").workers}
    assert inside == {1: 1, 2: None}


def test_a_worker_that_cannot_fit_into_the_line_is_not_looked_at(namespace):
    """So thousands of them cost nothing."""
    namespace.change_script("find_as() { # PID", 'find_as() {\n    echo "$1" >>"$UPSTART/asked"')
    namespace.change_script("case $1.$more in 0.* | *.??*) return ;; esac", 'case $1.$more in 0.* | *.??*) return ;; esac; '
                            'echo "$1" >>"$UPSTART/looked"')
    for at in range(60):
        namespace.begin(*WORKER, at, variables={"DYNO": "worker.7"})
    wait_for("all of them", lambda: namespace.run("status").count == 60, 10)
    for name in ("asked", "looked"):
        (namespace.folder / name).unlink()
    said = namespace.run("status")
    assert 10 < len(said.workers) < 30 and {worker["as"] for worker in said.workers} == {"worker.7"}
    asked, looked = (len((namespace.folder / name).read_text().split()) for name in ("asked", "looked"))
    assert (asked, looked) == (60, len(said.workers) + 10)
