"""Programs written without us complete a drain on the sandbox: boto3 by instance IDs, the AWS CLI
by tags."""

from programs import boto3_quiet, cli_quiet

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-workers=52", "--environment", "acme-mailers=3:pair",
                     "--environment", "acme-web=2:web", "--simulated", "--drain", "2s"]


def workers_of(sandbox, environment):
    """The states of the workers of an environment, as the sandbox itself sees them."""
    fleet = sandbox.look("fleet")
    [found] = [e for e in fleet["environments"] if e["name"] == environment]
    return [w["state"] for i in found["instances"] for w in i["workers"]]


def test_a_quiet_by_boto3(sandbox):
    assert set(workers_of(sandbox, "acme-workers")) == {"running"}
    done = boto3_quiet(sandbox.environment(), "acme", "workers")
    assert done.code == 0 and done.out.count(" Success\n") == 52, f"{done!r}\n{sandbox.where()}"
    assert set(workers_of(sandbox, "acme-workers")) <= {"quiet", "idle"}
    assert set(workers_of(sandbox, "acme-mailers")) == {"running"}, "the others were left alone"


def test_a_quiet_by_the_cli(sandbox):
    done = cli_quiet(sandbox.environment(), "acme", "mailers")
    assert done.code == 0 and done.out == "Success 3 3 0\n", f"{done!r}\n{sandbox.where()}"
    states = workers_of(sandbox, "acme-mailers")
    assert len(states) == 6 and set(states) <= {"quiet", "idle"}, "two processes on each host of that layout"


def test_a_host_without_a_worker_is_no_success(sandbox):
    done = boto3_quiet(sandbox.environment(), "acme", "web")
    assert done.code == 1 and done.out.count(" Failed\n") == 2, repr(done)
