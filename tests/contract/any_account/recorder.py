"""Records the answers to a boto3 client, for a test and as a file in the format of
../shared/aws-recordings.

In: botocore's events of one client. Out: `last`, the newest exchange; `actions`, how often each
action was called; with a folder, a file for each exchange. A file has the answer's bytes and the
parameters that boto3 was given. It never has a request's headers, so no signature and no token.
Account numbers, key IDs and the caller's name are replaced, and so is every session token that a
request had, should an answer repeat it."""

import json
import re
from collections import Counter

ACCOUNT = "123456789012"
KEPT_HEADERS = ("x-amzn-requestid", "content-type")
# The prefixes of IAM's IDs for keys, users, roles and groups, from its user guide.
IAM_ID = re.compile(r"\b(AKIA|ASIA|AIDA|AROA|AGPA|ANPA|AIPA|ANVA|ASCA|ABIA|ACCA|APKA)[A-Z0-9]{12,}\b")


class Exchange:
    """One call and its answer; `code` and `message` are the error's, empty when the call
    succeeded."""

    def __init__(self, model, parameters, answer, parsed):
        self.service, self.action = model.service_model.service_name, model.name
        self.protocol = model.service_model.resolved_protocol
        self.parameters, self.status = parameters, answer["status_code"]
        self.headers = {k.lower(): v for k, v in answer["headers"].items()}
        self.body = answer["body"].decode() if isinstance(answer["body"], bytes) else str(answer["body"])
        error = (parsed or {}).get("Error", {})
        self.code, self.message = error.get("Code", ""), error.get("Message", "")

    def __repr__(self):
        return f"{self.service} {self.action}: {self.status} {self.code}: {self.message or self.body[:300]}"


class Mask:
    """Replaces what names an account or a person in a text."""

    def __init__(self, account="", arn="", secrets=()):
        self.changes = [(secret, "SECRET") for secret in secrets if secret]
        kind, _, name = arn.rpartition(":")[2].partition("/")
        if name:
            self.changes.append((f"{kind}/{name}", f"{kind}/" + ("role/caller" if "/" in name else "caller")))
            if len(name.rpartition("/")[2]) > 3:
                self.changes.append((name.rpartition("/")[2], "caller"))
        if account:
            self.changes.append((account, ACCOUNT))

    def also(self, secret):
        if (secret, "SECRET") not in self.changes:
            self.changes.insert(0, (secret, "SECRET"))

    def __call__(self, text):
        for what, by in self.changes:
            text = text.replace(what, by)
        return IAM_ID.sub(r"\1EXAMPLE", text)


class Recorder:
    def __init__(self, folder=None):
        self.folder, self.source, self.evidence, self._mask, self.tokens = folder, "", "recorded", Mask(), set()
        self.hid = False  # an answer was not recorded since this was last set to False
        # why a file could not be written; the calls go on, because something may have to be deleted
        self.unwritten = ""
        self.kept, self.last, self.actions, self.written = True, None, Counter(), 0

    @property
    def mask(self):
        return self._mask

    @mask.setter
    def mask(self, mask):
        self._mask = mask
        for token in self.tokens:
            mask.also(token)

    def attach(self, client):
        """Listens to the client. While `kept` is false no file is written."""
        events = client.meta.events
        events.register("before-call", self._note_call)
        events.register("before-parameter-build", lambda params, context, **_: context.update(asked=dict(params)))
        events.register("before-send", self._note_token)
        events.register("response-received", self._note_answer)
        return client

    def _note_token(self, request, **_):
        """Credentials are refreshed meanwhile: only the sent request has every token."""
        token = request.headers.get("X-Amz-Security-Token")
        if token:
            token = token.decode() if isinstance(token, bytes) else token
            self.tokens.add(token)
            self.mask.also(token)

    def _note_call(self, model, context, **_):
        context["model"] = model

    def _note_answer(self, response_dict, parsed_response, context, **_):
        if response_dict is None:  # no answer came; boto3 reports that itself
            return
        self.last = Exchange(context["model"], context.get("asked", {}), response_dict, parsed_response)
        self.actions[f"{self.last.service}:{self.last.action}"] += 1
        self.hid = self.hid or not self.kept
        if self.folder and self.kept:
            try:
                self._write(self.last)
            except OSError as error:
                self.unwritten = str(error)

    def _write(self, exchange):
        self.written += 1
        folder = self.folder / exchange.service / exchange.action
        folder.mkdir(parents=True, exist_ok=True)
        body = self.mask(exchange.body)
        record = {"service": exchange.service, "action": exchange.action, "protocol": exchange.protocol, "level": "wire",
                  "status": exchange.status, "request": json.loads(self.mask(json.dumps(exchange.parameters, default=str))),
                  "headers": {k: self.mask(v) for k, v in exchange.headers.items() if k in KEPT_HEADERS},
                  "body": parsed_json(body) if exchange.protocol == "json" else body,
                  "source": self.source, "note": "", "evidence": self.evidence}
        name = f"{self.written:04}-{'error-' + exchange.code if exchange.code else exchange.status}.json"
        (folder / name.replace("/", "-")).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def parsed_json(text):
    try:
        return json.loads(text)
    except ValueError:
        return text
