"""What each release of Sidekiq writes into Redis, as shapes: which keys, of which types, with which
fields, and what is text, a number or a truth value in them.

tests/instance/test_redis_structures.py holds the real ones against these shapes, and
test_simulated_redis.py the simulated ones: so the two are equal. In: a function that runs a command
of Redis's and returns the reply's lines."""

import json

BEAT = {"busy": "whole", "beat": "fraction", "quiet": "truth"}
SINCE_6 = BEAT | {"rtt_us": "whole", "rss": "whole"}
INFO = {"hostname": "text", "started_at": "fraction", "pid": "whole", "tag": "text", "queues": ["text"], "labels": [],
        "identity": "text"}
BEFORE_8 = INFO | {"concurrency": "whole"}
WEIGHTS = {"NAME": "whole"}
SINCE_7 = {"weights": [WEIGHTS], "version": "text", "embedded": "truth"}
JOB = {"queue": "text", "payload": "text", "run_at": "whole"}
PAYLOAD = {"retry": "truth", "queue": "text", "class": "text", "args": [], "jid": "text", "created_at": "fraction",
           "enqueued_at": "fraction"}
MILLISECONDS = {"created_at": "whole", "enqueued_at": "whole"}

# By the version's first number. "payload" is the parsed one. That of 5.2 was read in its source.
STRUCTURES = {
    "5": {"types": ["set", "hash", "hash"], "jobs": ":workers", "process": BEAT, "info": BEFORE_8,
          "job": JOB | {"payload": PAYLOAD}, "payload": PAYLOAD},
    "6": {"types": ["set", "hash", "hash"], "jobs": ":workers", "process": SINCE_6, "info": BEFORE_8, "job": JOB,
          "payload": PAYLOAD},
    "7": {"types": ["set", "hash", "hash"], "jobs": ":work", "process": SINCE_6, "info": BEFORE_8 | SINCE_7, "job": JOB,
          "payload": PAYLOAD},
    "8": {"types": ["set", "hash", "hash"], "jobs": ":work", "process": SINCE_6 | {"concurrency": "whole"},
          "info": INFO | SINCE_7 | {"capsules": {"NAME": {"concurrency": "whole", "mode": "text", "weights": WEIGHTS}}},
          "job": JOB, "payload": PAYLOAD | MILLISECONDS},
}


def shape_of(value, name=""):
    if isinstance(value, dict):
        named = name in ("weights", "capsules")  # by the names of queues and capsules
        return {"NAME" if named else key: shape_of(inner, "weights" if name == "capsules" and key == "weights" else key)
                for key, inner in value.items()}
    if isinstance(value, list):
        return [] if name == "args" else [shape_of(inner, name) for inner in value[:1]]
    return {bool: "truth", int: "whole", float: "fraction", str: "text"}[type(value)]


def shape_of_field(text):
    """Of a field of a hash, which is text in any case."""
    value = json.loads(text)
    return shape_of(value)


def fields_of(lines):
    return dict(zip(lines[::2], lines[1::2]))


def structures(call, identity):
    """The shapes of the process `identity`, which must be running a job."""
    jobs = next((key for key in (":work", ":workers") if call("EXISTS", identity + key) == ["1"]), None)
    assert jobs, f"{identity} runs no job"
    process = fields_of(call("HGETALL", identity))
    info = json.loads(process.pop("info"))
    job = json.loads(next(iter(fields_of(call("HGETALL", identity + jobs)).values())))
    payload = job["payload"] if isinstance(job["payload"], dict) else json.loads(job["payload"])
    return {"types": [call("TYPE", key)[0] for key in ("processes", identity, identity + jobs)], "jobs": jobs,
            "process": {name: shape_of_field(text) for name, text in process.items()}, "info": shape_of(info),
            "job": shape_of(job), "payload": shape_of(payload)}
