"""The permissions that a caller needed, from the sandbox's journal, and taking permissions away."""

import json
import urllib.request


class Recorder:
    """The calls of a caller since the last time."""

    def __init__(self, sandbox, caller):
        self.sandbox, self.caller, self.seen = sandbox, caller, len(sandbox.look("stats")["timeline"])

    def calls(self):
        return [e for e in self.sandbox.look("stats")["timeline"][self.seen:] if e["caller"].startswith(self.caller)]

    def permissions(self):
        return {p for e in self.calls() for p in e["permissions"]}


def withhold(sandbox, caller, *actions):
    request = urllib.request.Request(sandbox.url + "/_sandbox/withhold", method="POST",
                                     data=json.dumps({"caller": caller, "actions": actions}).encode())
    urllib.request.urlopen(request, timeout=20).close()
