"""Long tests wait more than they compute, so many of them run in parallel, each in a place of its
own, from the moment that pytest has chosen them: @together(PLACE) with a booted instance or a
namespace (booted.py, namespaces.py). The other tests run one after the other as usual."""

import concurrent.futures
import itertools
import os
import shutil
import subprocess

import pytest

import booted
import containers
import namespaces
import releases


class Machine:
    """For a test that creates its instances itself."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder

    def end(self):
        pass


# A kernel allows a user 128 inotify instances, of which each booted systemd takes five; the
# ledger's test boots five.
AT_A_TIME = 12
# in parallel with them: namespaces have no systemd, and do little but wait
NAMESPACES_AT_A_TIME = 8

running = {}
everything = []


def missing():
    if os.geteuid() != 0:
        return "needs root"
    for tool in ("systemd-nspawn", "mmdebstrap", "redis-server", "nsenter"):
        if not shutil.which(tool) and not os.path.exists(f"/usr/sbin/{tool}"):
            return f"{tool} is not installed"
    return None


def make_place(kind, number, redis, folder):
    if kind == "machine":
        return Machine(folder / f"machine-{number}")
    if kind == "namespace":
        return namespaces.Namespace(folder / f"namespace-{number}")
    if kind == "docker":
        return containers.Host(redis, number, folder / f"docker-{number}")
    if kind in ("releases", "five"):
        names = releases.SUITES if kind == "releases" else ["five"]
        return booted.Instance(redis, number, "sidekiq", folder, opt=[releases.folder(name) for name in names])
    if kind in ("v1", "v2"):
        return booted.Instance(redis, number, "pair", folder, hierarchy={"v1": "0", "v2": "1"}[kind])
    return booted.Instance(redis, number, kind, folder)


def try_on(item, *how):
    try:
        try_there(item, make_place(item.function.kind, *how))
    except releases.Missing as release:
        pytest.skip(f"not run: {release}")


def try_there(item, place):
    try:
        item.function(place, **(item.callspec.params if hasattr(item, "callspec") else {}))
    finally:
        place.end()


def pytest_collection_finish(session):
    tests = [item for item in session.items if hasattr(item.function, "kind")]
    if not tests or session.config.option.collectonly or missing():
        return
    subprocess.run([booted.INSTANCES / "root"], check=True, stdout=subprocess.DEVNULL)
    folder = booted.CHECKOUT / "build" / "test-logs" / "booted"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    redis = booted.Redis(folder, databases=len(tests) + 1)
    booting = concurrent.futures.ThreadPoolExecutor(AT_A_TIME)
    others = concurrent.futures.ThreadPoolExecutor(NAMESPACES_AT_A_TIME)
    everything.append((redis, booting, others))
    numbers = itertools.count(1)
    # The slowest tests first: they create a folder before they begin (sandbox/instances/root), or
    # boot many instances.
    for item in sorted(tests, key=lambda item: item.function.kind not in ("docker", "releases", "machine")):
        pool = others if item.function.kind == "namespace" else booting
        running[item.nodeid] = pool.submit(try_on, item, next(numbers), redis, folder)


@pytest.fixture
def place():
    """Only a name: the test was given the real place when it was started."""
    if missing():
        pytest.skip(missing())


@pytest.fixture
def namespace(tmp_path):
    if missing():
        pytest.skip(missing())
    made = namespaces.Namespace(tmp_path / "namespace")
    yield made
    made.end()


def pytest_pyfunc_call(pyfuncitem):
    if pyfuncitem.nodeid not in running:
        return None
    running[pyfuncitem.nodeid].result()
    return True


def pytest_sessionfinish():
    for redis, *pools in everything:
        for pool in pools:
            pool.shutdown(cancel_futures=True)
        redis.end()
        subprocess.run([booted.INSTANCES / "remove-cgroups"])
