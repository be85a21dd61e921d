"""The program behind scripts/contract-aws: reads its settings, runs the tests here against an
account, cleans up.

In: PROFILE, REGION, CONFIRM, CLEANUP and OUTPUT in the environment, as make passes them. Out: a
line per fact, then what is missing; exit code 0 all as expected, 1 something was not, 2 wrong input
(nothing but GetCallerIdentity was sent), 130 interrupted. A confirmed run deletes what it created,
however it ends."""

import contextlib
import datetime
import os
import pathlib
import signal
import sys
import time
import urllib.error
import urllib.request

import boto3
import botocore.session
import pytest
from botocore.exceptions import BotoCoreError, ClientError

import own_stack
from account import Account
from fleet import SandboxFleet
from own_stack import CannotGoOn, OwnStack
from recorder import Mask, Recorder

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
NEVER_RUN = "The authors of Snow White have never run this on AWS: what differs here is news to them."
SECONDS_TO_THINK = 10
NEARLY_ALL = 0.8
INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TIME = {"is up": False}


class WrongInput(Exception):
    pass


def say(words=""):
    try:
        print(words, flush=True)
    except OSError:
        pass  # the terminal is gone; what was created must be deleted nevertheless


# --- the settings

def yes(name):
    value = os.environ.get(name, "")
    if value not in ("", "yes"):
        raise WrongInput(f"{name}={value!r} is not understood; write {name}=yes, or leave it out")
    return value == "yes"


def no_other_options():
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        if value := os.environ.get(name):
            raise WrongInput(f"{name}={value!r} in the environment would change which tests are run; unset it")


def known_profiles():
    """botocore's own session: boto3's constructor fails when the environment names a profile that
    does not exist."""
    try:
        known = botocore.session.Session().available_profiles
    except (BotoCoreError, OSError, ValueError) as error:
        raise WrongInput(f"{error}; it is AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE, or a file of ~/.aws") from None
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        value = os.environ.get(name)
        if value and value not in known:
            raise WrongInput(f"{name}={value!r} in the environment: no AWS profile has that name; unset it, PROFILE decides")
    return known


def profile_of(name):
    known = known_profiles()
    there = f"the profiles here are {', '.join(known)}" if known else "there is no profile here; `aws configure` makes one"
    if not name:
        raise WrongInput(f"PROFILE is missing: make contract-aws PROFILE=NAME REGION=us-east-1; {there}")
    if name not in known:
        raise WrongInput(f"PROFILE={name!r}: no AWS profile has that name; {there}")
    return name


def region_of(name):
    if not name:
        raise WrongInput("REGION is missing: make contract-aws PROFILE=NAME REGION=us-east-1")
    session = boto3.Session()
    known = {region for partition in session.get_available_partitions()
             for region in session.get_available_regions("ssm", partition)}
    if name not in known:
        raise WrongInput(f"REGION={name!r}: boto3 {boto3.__version__} knows no such region; for example us-east-1, eu-west-1")
    return name


class Output:
    """The folder for the recordings: an empty one, or a new one. It is tried before any call is
    made."""

    def __init__(self, told):
        stamp = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
        wrong = f"OUTPUT={told!r}" if told else "build/contract-aws"
        try:
            self.folder = pathlib.Path(told or ROOT / "build/contract-aws" / stamp).expanduser()
            self.made = [path for path in (self.folder, *self.folder.parents) if not os.path.lexists(path)]
            self.folder.mkdir(parents=True, exist_ok=True)
            there = any(self.folder.iterdir())
            probe = self.folder / "answers.txt"
            if not there:
                probe.write_text("")
                probe.unlink()
        except FileExistsError:
            raise WrongInput(f"{wrong} is a file; name a folder") from None
        except (OSError, RuntimeError, ValueError) as error:
            raise WrongInput(f"{wrong}: nothing can be written there: {getattr(error, 'strerror', None) or error}") from None
        if there:
            raise WrongInput(f"{wrong} is not empty; name a folder that is new or empty")

    def undo(self):
        with contextlib.suppress(OSError):  # somebody else has put a file there meanwhile
            for path in self.made:
                path.rmdir()


def account_at(profile, region, folder):
    """Makes no call."""
    try:
        return Account(boto3.Session(profile_name=profile), region, Recorder(folder))
    except BotoCoreError as error:
        raise WrongInput(f"PROFILE={profile!r}: {error}") from None
    except ValueError as error:
        raise WrongInput(f"{error}; it is AWS_ENDPOINT_URL in the environment, or endpoint_url of the profile") from None


def caller_of(account, profile):
    """One call, which shows that the credentials work."""
    region = account.region
    where = f"a local AWS at {account.local}, not AWS" if account.local else "AWS"
    account.recorder.evidence = "imitated" if account.local else "recorded"
    account.recorder.source = f"make contract-aws, {datetime.date.today()}, {region}, {where}"
    try:
        account.recorder.mask = Mask(secrets=secrets_of(account.session))
        caller = account.call("sts", "GetCallerIdentity", kept=False)
    except ClientError as error:
        raise WrongInput(f"PROFILE={profile!r}: AWS refused its credentials: {error.response['Error']['Code']}: "
                         f"{error.response['Error'].get('Message', '')}") from None
    except BotoCoreError as error:
        raise WrongInput(f"PROFILE={profile!r}: {error}") from None
    account.recorder.mask = Mask(caller["Account"], caller["Arn"], secrets_of(account.session))
    return caller


def secrets_of(session):
    keys = session.get_credentials()
    frozen = keys.get_frozen_credentials() if keys else None
    return [frozen.access_key, frozen.secret_key, frozen.token] if frozen else []


# --- the tests

class Suite:
    """A pytest plugin: gives the tests their account, prints a line for each, and counts."""

    def __init__(self, account, folder, fleet=None):
        self.account, self.folder, self.fleet = account, folder, fleet
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}

    def pytest_configure(self, config):
        config.contract_account, config.contract_fleet = self.account, self.fleet
        config.contract_keep_answer = lambda words: self.keep("answers.txt", words)

    def keep(self, name, words):
        try:
            with open(self.folder / name, "a") as file:
                file.write(self.account.recorder.mask(words) + "\n")
        except OSError as error:
            self.account.recorder.unwritten = str(error)

    def pytest_runtest_setup(self):
        self.account.recorder.hid = False

    def pytest_runtest_logreport(self, report):
        if report.when != "call" and report.passed:
            return
        self.counts[report.outcome] += 1
        name = name_of(report.nodeid)
        if report.passed:
            say(f"  as expected  {name}")
        elif report.skipped:
            say(f"  not seen     {name}: {report.longrepr[2].removeprefix('Skipped: ')}")
        else:
            say(f"  OTHERWISE    {name}: {first_line(report)}")
        for _, words in (p for p in report.user_properties if p[0] == "answer"):
            say(f"               {words}")
        self.keep("report.txt", f"{report.outcome} {report.nodeid}\n{what_is_known(report, self.account.recorder.hid)}")

    def run(self, *files):
        """Without pytest's own reporter, whose output is for developers, and without its time
        limit."""
        without = [word for name in ("cacheprovider", "terminal", "logging") for word in ("-p", f"no:{name}")]
        code = pytest.main(["-c", str(ROOT / "pytest.ini"), "--rootdir", str(ROOT), "-o", "addopts=", "-o", "timeout=0", *without,
                            *[str(HERE / f) for f in files]], plugins=[self])
        if code == pytest.ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            raise CannotGoOn(f"pytest ended with {code!r}")


def name_of(nodeid):
    """Turns tests/…/test_reading_ssm.py::test_a_wrong_list[MaxResults=0-ListCommands] into
    words."""
    file, _, test = nodeid.partition("::test_")
    function, _, parameters = test.removesuffix("]").partition("[")
    words = f"{pathlib.Path(file).stem.removeprefix('test_')}: {function}".replace("_", " ")
    return f"{words}, {parameters}" if parameters else words


def crash_of(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    return (crash.message if crash else report.longreprtext.strip().partition("\n")[0]).strip() or "no words"


def first_line(report):
    return crash_of(report).splitlines()[0]


def what_is_known(report, hid):
    """The crash's message, and its place. Without the arguments of functions: the headers of
    requests are among them. `hid`: the test had answers that are not recorded; pytest repeats
    pieces of them from the message's second line on."""
    if report.skipped:
        return report.longrepr[2] + "\n"
    if report.passed or hid:
        return first_line(report) + "\n" if report.failed else ""
    frames = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", [])
    places = [frame.reprfileloc for frame in frames if getattr(frame, "reprfileloc", None)]
    return "\n".join([crash_of(report), *(f"  at {place.path}:{place.lineno}" for place in places)]) + "\n"


def sandbox_at(url):
    """True if the endpoint is the project's own sandbox."""
    try:
        with urllib.request.urlopen(url + "/_sandbox/fleet", timeout=10) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ValueError):
        return False


def own_stack_of(account):
    """None on the sandbox, which creates no stacks. Reports every obstacle before anything else is
    done."""
    if account.local and sandbox_at(account.local):
        return None
    own = OwnStack(account, say, patience_with(account))
    own.check()
    return own


def patience_with(account):
    return float(os.environ.get("SNOW_WHITE_CONTRACT_PATIENCE", "1")) if account.local else 1.0


def ask_questions(account, suite, own):
    """The confirmed part on a stack of its own, or on the sandbox's fleet. Returns what failed
    apart from the tests."""
    if not own:
        say(f"not seen: the stack of its own. {account.local} is the sandbox, which makes no stacks; its own fleet is asked.")
        suite.fleet = SandboxFleet(account)
        suite.run("test_our_documents.py", "test_four_questions.py")
        return []
    leftovers = announce(own)
    think(account)
    problems = take_down(own, "what an earlier run left") if leftovers else []
    if problems:
        return problems
    for interruption in INTERRUPTIONS:
        signal.signal(interruption, interrupt_once)
    try:
        say("making what the questions need:")
        signal.alarm(int(own_stack.LONGEST_ASKING))
        suite.fleet = own.create()
        suite.run("test_our_documents.py", "test_four_questions.py")
    except (CannotGoOn, ClientError, BotoCoreError, AssertionError) as error:
        problems = [f"it could not go on: {error}"]
    except KeyboardInterrupt:
        if not TIME["is up"]:
            raise
        problems = [f"time is up: {own_stack.LONGEST_ASKING / 3600:.0f} hours; what is not told above was not asked"]
    finally:
        problems += take_down(own, "what it made")
    return problems


def announce(own):
    leftovers = own.leftovers()
    for stack in leftovers:
        say(f"it first deletes what an earlier run left: {own_stack.words_of(stack)}")
    return leftovers


def think(account):
    if not account.local:
        say(f"it begins in {SECONDS_TO_THINK} seconds; Ctrl-C ends it")
        time.sleep(SECONDS_TO_THINK)


def interrupt_once(*_):
    """Everything is being deleted now; a second signal must not interrupt that."""
    signal.alarm(0)
    for interruption in INTERRUPTIONS:
        signal.signal(interruption, signal.SIG_IGN)
    say("interrupted; taking down")
    raise KeyboardInterrupt


def time_is_up(*_):
    TIME["is up"] = True
    say("time is up; taking down")
    raise KeyboardInterrupt


def clean_up(account):
    own = OwnStack(account, say, patience_with(account))
    if announce(own):
        think(account)
    return 1 if take_down(own, "what an earlier run left") else 0


def take_down(own, what):
    """Ignores a second Ctrl-C until all is deleted: what is left costs money."""
    signal.alarm(0)
    heard = [signal.signal(s, signal.SIG_IGN) for s in INTERRUPTIONS]
    try:
        say(f"taking down {what}:")
        left, unseen = own.take_down()
        again = "run it again with CLEANUP=yes"
        if left:
            say(f"  STILL THERE: {', '.join(left)}; {again}")
        if unseen:
            say(f"  COULD NOT LOOK, so it is not known what is left: {'; '.join(unseen)}; {again}")
        if not left and not unseen:
            say("  nothing is left")
        return [f"still there: {name}" for name in left] + [f"could not look: {name}" for name in unseen]
    finally:
        for s, handler in zip(INTERRUPTIONS, heard):
            signal.signal(s, handler)


# --- the run

def main():
    confirmed, cleanup = yes("CONFIRM"), yes("CLEANUP")
    if confirmed and cleanup:
        raise WrongInput("CONFIRM=yes and CLEANUP=yes: choose one; CLEANUP=yes only takes down what an earlier run left")
    no_other_options()
    profile, region = profile_of(os.environ.get("PROFILE", "")), region_of(os.environ.get("REGION", ""))
    output = Output(os.environ.get("OUTPUT", ""))
    try:
        account = account_at(profile, region, output.folder / "recordings")
        caller = caller_of(account, profile)
    except WrongInput:
        output.undo()
        raise
    say(f"contract-aws: account {caller['Account']}, {region}, as {caller['Arn']}")
    say(f"contract-aws: this is {account.local}, a local AWS, and not AWS" if account.local else f"contract-aws: {NEVER_RUN}")
    say(f"contract-aws: what it sees is written to {output.folder}")
    if cleanup:
        try:
            return clean_up(account)
        finally:
            write_calls(account, output.folder)
    suite, problems = Suite(account, output.folder), []
    try:
        problems += run_all(account, suite, confirmed)
    finally:  # the answers until a Ctrl-C are worth as much
        conclude(suite, problems)
    return 1 if suite.counts["failed"] or problems else 0


def run_all(account, suite, confirmed):
    own = own_stack_of(account) if confirmed else None
    say("reading calls only; nothing is made or changed:")
    suite.run(*sorted(f.name for f in HERE.glob("test_reading_*.py")))
    say("the four questions, on a stack of its own:")
    say(own_stack.plan())
    if confirmed:
        return ask_questions(account, suite, own)
    say("  not done: it needs CONFIRM=yes")
    return []


def write_calls(account, folder):
    recorder = account.recorder
    try:
        (folder / "calls.txt").write_text("".join(f"{n} {action}\n" for action, n in sorted(recorder.actions.items())))
    except OSError as error:
        recorder.unwritten = str(error)
    if recorder.unwritten:
        say(f"contract-aws: not all of it could be written: {recorder.unwritten}")


def conclude(suite, problems):
    write_calls(suite.account, suite.folder)
    for problem in problems:
        say(f"contract-aws: {problem}")
    say(last_line(suite.counts, suite.account.recorder.written, suite.folder))


def last_line(counts, written, folder):
    line = (f"{counts['passed']} as expected, {counts['failed']} otherwise, {counts['skipped']} not seen; "
            f"{written} recordings in {folder}")
    if counts["skipped"] > NEARLY_ALL * sum(counts.values()):
        line += ". Nearly all is not seen, so this run says next to nothing about the account"
    return line


if __name__ == "__main__":
    os.umask(0o077)  # the recordings are private until the person has read and sent them
    for interruption in INTERRUPTIONS:
        signal.signal(interruption, signal.default_int_handler)
    signal.signal(signal.SIGALRM, time_is_up)
    try:
        sys.exit(main())
    except (WrongInput, CannotGoOn) as error:
        print(f"contract-aws: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2 if isinstance(error, WrongInput) else 1)
    except KeyboardInterrupt:
        print("contract-aws: interrupted", file=sys.stderr)
        sys.exit(130)
