"""Several -e, --exclude and --match: which workers the task quiets, which it leaves alone, and the
command to type next."""

import pytest

from operator_flags import sent, states
from programs import snow_white

REST = ["-f", "staging", "-p", "acme", "-r", "us-east-1"]


@pytest.fixture
def acme(start_sandbox):
    names = ("acme-workers", "acme-workers-old", "acme-mailers", "acme-web")
    return start_sandbox("--application", "acme", *(word for name in names for word in ("--environment", f"{name}=1")),
                         "--simulated", "--drain", "1s")


@pytest.mark.parametrize("selection, told", [
    (["-e", "workers", "-e", "mailers", "--exclude", "old"], {"acme-workers", "acme-mailers"}),
    (["-e", "acme-workers", "--match", "exact"], {"acme-workers"}),
    (["-e", "acme-*", "--exclude", "*-web", "--exclude", "*-ol?", "--match", "glob"], {"acme-workers", "acme-mailers"}),
])
@pytest.mark.parametrize("way", ["--wait", "--here"])
def test_the_selected_workers_are_quieted_and_no_others(acme, selection, told, way):
    done = snow_white(acme, "-a", "quiet", *selection, *REST, way)
    assert done.code == 0 and "QUIET: " in done.out and "NOT QUIET" not in done.out, repr(done)
    quiet = {e["name"] for e in acme.look("fleet")["environments"] if states(acme, e["name"]) != {"running"}}
    assert quiet == told, repr(done)
    typed = " ".join(f"'{word}'" if "*" in word else word for word in selection)
    program_too = done.out.replace("snow-white' -a", "snow-white -a")  # quoted where its path has a blank
    assert f"snow-white -a wake {typed} -f staging" in program_too and f" -r us-east-1 {way}\n" in done.out, repr(done)


def test_nothing_matches(acme):
    before = sent(acme)
    done = snow_white(acme, "-a", "quiet", "-e", "workers", "--match", "exact", *REST)
    assert done.code == 3 and 'named "workers"' in done.err and "acme-mailers" in done.err and sent(acme) == before, repr(done)
