"""--wait while CloudWatch delivers a task's lines seconds late, in short and empty pages: the
report arrives all the same."""

import json

from operator_flags import flags
from programs import snow_white

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=2", "--simulated", "--drain", "1s",
                     "--log-lag", "4s"]


def test_the_whole_report_comes(sandbox):
    done = snow_white(sandbox, *flags(), "--wait")
    assert done.code == 0, repr(done)
    assert "QUIET: all 2 workers on 2 instances" in done.out and "next: " in done.out, repr(done)


def test_with_json_the_last_event_of_the_task_comes(sandbox):
    done = snow_white(sandbox, *flags(), "--wait", "--json")
    events = [json.loads(line)["event"] for line in done.out.splitlines()]
    assert done.code == 0 and "report" in events and events[-1] == "ended", repr(done)
