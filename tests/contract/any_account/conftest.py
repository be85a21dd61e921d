"""What these tests run against. By themselves, as in `make test`: a sandbox for each module. By
scripts/contract-aws: the account that it was given."""

import pytest
from botocore.exceptions import ClientError

from account import Account, is_denied
from fleet import SandboxFleet

FLEET = ("--application", "acme", "--environment", "acme-workers=2", "--environment", "acme-mailers=6", "--simulated",
         "--drain", "1s")


@pytest.fixture(scope="module")
def account(request):
    given = getattr(request.config, "contract_account", None)
    return given or Account.of_sandbox(request.getfixturevalue("start_sandbox")(*FLEET))


@pytest.fixture(scope="module")
def fleet(request, account):
    given = getattr(request.config, "contract_fleet", None)
    return given or SandboxFleet(account)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A caller without permission for a call sees nothing, which is no finding: the test is skipped
    and names the call."""
    try:
        return (yield)
    except ClientError as error:
        if is_denied(error):
            pytest.skip(f"these credentials may not call {error.operation_name}; see docs/contract-aws.md")
        raise


@pytest.fixture
def answer(request, record_property):
    """answer("…") records an observation where AWS promises nothing: a line of the run's result."""
    keep = getattr(request.config, "contract_keep_answer", print)

    def tell(words):
        record_property("answer", words)
        keep(f"{request.node.name}: {words}")
    return tell
