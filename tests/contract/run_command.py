"""What the tests of SSM Run Command share: statuses, and an expected error. The fixtures are in
conftest.py."""

from clients import post

TAG = "tag:elasticbeanstalk:environment-name"
LOGICAL = ("QuietSideKiqDocument", "WakeSideKiqDocument", "StopSideKiqDocument", "StatusSideKiqDocument")
OVER = ("Success", "Cancelled", "TimedOut", "Failed")
UNKNOWN_COMMAND = "01234567-89ab-cdef-0123-456789abcdef"
WAIT_SECONDS = 40  # for a command of some three seconds; the machine is shared


def refused(sandbox, action, parameters, *codes):
    answer = post(sandbox, "ssm", action, parameters)
    assert answer.status == 400 and answer.code in codes, f"wanted 400 {codes}, seen {answer!r}. {sandbox.where()}"
    return answer
