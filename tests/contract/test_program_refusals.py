"""What the program refuses before anything is sent: one clear line, and the documented exit
code."""

import pytest

from operator_flags import flags, sent
from programs import snow_white

SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=1", "--simulated", "--drain", "1s"]


@pytest.mark.parametrize("arguments, said", [
    ([], "required"), (flags()[2:], "-a"), (flags()[:2] + flags()[4:], "-e"), (flags()[:4] + flags()[6:], "-f"),
    (flags()[:6] + flags()[8:], "-p"), (flags()[:8], "-r"), (flags("sleep"), "sleep"), (flags("Quiet"), "Quiet"),
    (flags(pattern=""), "-e"), (flags(profile=""), "-f"), (flags(application=""), "-p"), (flags(region="mars"), "mars"),
    (flags() + ["--frobnicate"], "--frobnicate"), (flags() + ["dwarf"], "dwarf"),
    (flags() + ["--wait", "--here"], "--wait"), (flags() + ["--timeout", "soon"], "soon"), (flags()[:-1], "-r"),
], ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else value)
def test_a_wrong_flag(sandbox, arguments, said):
    before = sandbox.look("stats")["total"]
    done = snow_white(sandbox, *arguments)
    assert done.code == 2 and done.out == "", repr(done)
    first = done.err.splitlines()[0]
    assert first.startswith("snow-white: ") and said in first, f"wanted {said} in the first line of {done!r}"
    assert "usage" in done.err.lower()
    assert sandbox.look("stats")["total"] == before, "nothing is asked of AWS"


@pytest.mark.parametrize("name", ["ECS_CLUSTER_REGION", "ECS_CLUSTER_NAME", "vpc_id", "subnet_id", "sec_group"])
@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_a_missing_setting_is_named(sandbox, name, value):
    before = sandbox.look("stats")["total"]
    done = snow_white(sandbox, *flags(), **{name: value})
    assert done.code == 2 and name in done.err and len(done.err.strip().splitlines()) == 1, repr(done)
    assert sandbox.look("stats")["total"] == before


@pytest.mark.parametrize("change, code, said", [
    ({"profile": "nosuch"}, 2, "nosuch"), ({"application": "nosuch"}, 3, "nosuch"), ({"pattern": "nosuch"}, 3, "nosuch"),
    ({"pattern": "workers"}, 3, "workers"), ({"application": "Acme"}, 3, "Acme")])
@pytest.mark.parametrize("way", [[], ["--wait"], ["--here"]], ids=["launch", "wait", "here"])
def test_a_missing_resource(sandbox, change, code, said, way):
    before = sent(sandbox)
    done = snow_white(sandbox, *flags(**change), *way)
    assert done.code == code and said in done.text, repr(done)
    assert "Traceback" not in done.text and len(done.err.strip().splitlines()) <= 1, f"wanted one clear line: {done!r}"
    assert sent(sandbox) == before


@pytest.mark.parametrize("change, said", [({"CFN_STACK_NAME": "snow-black"}, "snow-black"),
                                          ({"ECS_CLUSTER_NAME": "snow-black"}, "snow-black"),
                                          ({"subnet_id": "subnet-00000000000000000"}, "subnet-00000000000000000"),
                                          ({"sec_group": "sg-00000000000000000"}, "sg-00000000000000000")])
def test_a_missing_stack_or_network(sandbox, change, said):
    before = sandbox.calls("ssm", "SendCommand")
    done = snow_white(sandbox, *flags(), **change)
    assert done.code == 4 and said in done.err and len(done.err.strip().splitlines()) == 1, repr(done)
    assert sandbox.calls("ssm", "SendCommand") == before


@pytest.mark.parametrize("profile, code", [("staging", 6), ("default", 4)])
def test_no_stack_and_here(sandbox, profile, code):
    """An operator may look into their own stack only, so AWS does not tell them that another one
    does not exist."""
    before = sent(sandbox)
    done = snow_white(sandbox, *flags(profile=profile), "--here", CFN_STACK_NAME="snow-black")
    assert done.code == code and "snow-black" in done.text and sent(sandbox) == before, repr(done)
    assert "next: correct CFN_STACK_NAME, or deploy the stack, then: " in done.text, repr(done)


def test_keys_that_aws_does_not_know(sandbox, tmp_path):
    files = {}
    for name, text in (("AWS_SHARED_CREDENTIALS_FILE", "[staging]\naws_access_key_id = AKIAUNKNOWNUNKNOWNUN\n"
                                                       "aws_secret_access_key = nothing\n"),
                       ("AWS_CONFIG_FILE", "[profile staging]\nregion = us-east-1\n")):
        files[name] = tmp_path / name
        files[name].write_text(text)
    before = sent(sandbox)
    done = snow_white(sandbox, *flags(), **{k: str(v) for k, v in files.items()})
    assert done.code == 6 and "staging" in done.err and sent(sandbox) == before, repr(done)
    assert "nothing" not in done.text.replace("nothing was sent", ""), "the secret stays one"
