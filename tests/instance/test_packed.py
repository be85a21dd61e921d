"""The script as the template carries it, with short names of functions, does what the script does:
of each action, the same line."""

import base64
import gzip
import re

import pytest

from booted import CHECKOUT
from test_imitated import SHELLS

TEMPLATE = CHECKOUT / "cfn/snow-white-cfn.yml"


@pytest.mark.parametrize("shell", [None, *SHELLS])
def test_what_the_template_carries_says_the_same(namespace, shell):
    namespace.imitate("7.3.9", "app", 5, 0)
    namespace.imitate("6.4.1", "other", 10, 0)
    packed = re.search(r" echo ([A-Za-z0-9+/=]+) \| base64 -d ", TEMPLATE.read_text())[1]
    script, carried = namespace.script, namespace.folder / "snow-white-instance.sh"
    carried.write_bytes(gzip.decompress(base64.b64decode(packed)))
    assert "\nfind_workers() {" in script.read_text() and "find_workers" not in carried.read_text()
    for action in ("status", "quiet", "wake", "stop", "status") if shell is None else ("status",):
        lines = []
        for namespace.script in (script, carried):
            lines.append(namespace.run(action, shell).line)
            if action == "quiet":  # the second one finds it so
                lines[-1].pop("already", None), lines[-1].pop("note")
        assert lines[0] == lines[1]
