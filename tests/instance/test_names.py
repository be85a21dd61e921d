"""How Sidekiq calls a worker in Redis, `HOST:PID`, from what the line says: `as` and `inside` of
the worker, or else the line's `host` and the worker's `pid`."""

import pathlib
import platform

import pytest

from booted import wait_for
from test_imitated import SHELLS

# DYNO -> `as`. What does not fit becomes empty: it is another name than the host's, and no more is
# known.
NAMES = [(None, None), (platform.node(), None), ("worker.7", "worker.7"), ("a" * 64, "a" * 64), ("a" * 65, ""), ("", ""),
         ("a\nDYNO=b", ""), ("größe", ""), ("two words", ""), ('"},{"pid":1', ""), ("back\\slash", ""),
         ("$(id>/run/hit)`id`*;", "$(id>/run/hit)`id`*;")]
# Unlike Perl, which the imitation is written in, Sidekiq's Ruby leaves the environment in place.
WORKER = ("bash", "-c", 'exec -a "sidekiq 7.3.9 app [0 of $0 busy]" sleep 1000')


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
