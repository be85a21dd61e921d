"""An environment of tier Cluster (EKS) beside one with instances: what boto3 sees of it, and what
the program reports."""

from operator_flags import flags, states
from programs import snow_white
from test_json_lines import json_of, named

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=2@WebServer", "--environment",
                     "acme-Workers-eks=0@Cluster", "--simulated", "--drain", "1s"]
EKS = "environment acme-Workers-eks is of tier Cluster (EKS): SSM does not reach its pods"


def test_tiers_are_those_of_the_model(client):
    seen = client("elasticbeanstalk").describe_environments(ApplicationName="acme")["Environments"]
    tiers = {e["EnvironmentName"]: (e["Tier"]["Name"], e["Tier"]["Type"]) for e in seen}
    assert tiers == {"acme-Workers": ("WebServer", "Standard"), "acme-Workers-eks": ("Cluster", "EKS")}


def test_the_dry_run_refuses(sandbox):
    done = snow_white(sandbox, *flags(), "--dry-run")
    assert done.code == 4 and EKS in done.err and "kubectl" in done.err and "to fix first: 1" in done.out, repr(done)


def test_the_status_names_it(sandbox):
    done = snow_white(sandbox, *flags("status"))
    assert done.code == 1 and f"not seen: {EKS}" in done.err, repr(done)


def test_the_others_are_quieted_and_the_run_is_partial(sandbox):
    code, events = json_of(sandbox, *flags(), "--here")
    [matched], [report] = named(events, "matched"), named(events, "report")
    assert {e["name"]: e["tier"] for e in matched["environments"]} == {"acme-Workers": "WebServer", "acme-Workers-eks": "Cluster"}
    assert code == 1 and report["verdict"] == "partial" and report["on_pods"] == ["acme-Workers-eks"]
    assert any(line.startswith(EKS) and "kubectl" in line for line in report["unverified"])
    assert all(e["environments"] == ["acme-Workers"] for e in named(events, "started"))
    assert states(sandbox, "acme-Workers") == {"idle"}


def test_alone_it_is_never_a_success(sandbox):
    done = snow_white(sandbox, *flags(pattern="Workers-eks"), "--here")
    assert done.code == 1 and "NOT QUIET: no instance got the command; acme-Workers-eks runs on EKS" in done.out, repr(done)
    assert "nothing runs there" not in done.out
