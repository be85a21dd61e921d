"""The parts of the host's script, each function by itself, in every shell that it may run in."""
import pathlib
import re
import subprocess
import time

import pytest

PARTS = pathlib.Path(__file__).resolve().parents[2] / "ssm/instance"
SHELLS = {"dash": ["dash"], "bash": ["bash", "--posix"]}


@pytest.fixture(params=SHELLS)
def call(request):
    """Runs a command of the script after some of its parts; returns the output."""
    def run(words, *parts, **variables):
        sourced = "".join(f'. "{PARTS}/{part}.sh"; ' for part in parts)
        script = f"set -uf; LC_ALL=C; newline='\n'; {sourced}{words}"
        done = subprocess.run([*SHELLS[request.param], "-c", script], capture_output=True, text=True, timeout=30,
                              env={"PATH": "/usr/bin:/bin", **variables})
        assert done.stderr == ""
        return done.stdout.strip()
    return run


def function_names(part):
    return re.findall(r"^([a-z_]+)\(\) \{", (PARTS / f"{part}.sh").read_text(), re.MULTILINE)


def test_no_function_is_defined_twice():
    names = [name for part in PARTS.glob("*.sh") for name in function_names(part.stem)]
    assert len(names) > 90 and sorted(set(names)) == sorted(names)


def test_only_the_first_part_and_the_last_do_anything():
    for part in PARTS.glob("*.sh"):
        if part.stem in ("start", "run"):
            continue
        outside = re.sub(r"^[a-z_]+\(\) \{.*\}$", "", part.read_text(), flags=re.MULTILINE)
        outside = re.sub(r"^[a-z_]+\(\) \{.*?^\}$", "", outside, flags=re.MULTILINE | re.DOTALL)
        left = [line for line in outside.splitlines() if line and not line.startswith("#")]
        assert all(re.fullmatch(r"([a-z]+=\d+ ?)+", line) for line in left), (part.name, left)


# All parts share their variables.
def test_a_part_s_number_is_set_nowhere_else():
    everything = "".join(part.read_text() for part in PARTS.glob("*.sh"))
    for part in PARTS.glob("*.sh"):
        lines = [] if part.stem in ("start", "run") else re.findall(r"^[a-z_]+=\d+.*$", part.read_text(), re.MULTILINE)
        for name in re.findall(r"([a-z_]+)=\d+", " ".join(lines)):
            assert len(re.findall(rf"(?<![a-z_]){name}=", everything)) == 1, (part.name, name)


# --- title

@pytest.mark.parametrize("title, kind", [
    ("sidekiq 7.3.2 app [2 of 10 busy]", "worker 7.3.2 2 10 no"),
    ("sidekiq 6.4.1 app [0 of 5 busy] stopping", "worker 6.4.1 0 5 yes"),
    ("sidekiq 7.3.2 a [1 of 2 busy] tag [3 of 4 busy] stopping", "worker 7.3.2 3 4 yes"),  # tags may hold brackets
    ("sidekiq 7.3.2 app", "booting 7.3.2 0 0 no"),
    ("sidekiq 7.3.2 app [03 of 10 busy]", "booting 7.3.2 0 0 no"),
    ("sidekiq 7.3.2 app [123456 of 10 busy]", "booting 7.3.2 0 0 no"),
    ("sidekiq 7$(id) app [1 of 2 busy]", "none 0 0 no"),
    ("sidekiqswarm 7 app", "swarm 0 0 no"),
    ("ruby server.rb", "none 0 0 no"),
])
def test_a_title_shows_the_workers_state(call, title, kind):
    said = call('longest_title=1000 title=$TITLE; classify; echo $kind $version $busy $of $stopping',
                "process", "title", TITLE=title)
    assert said == kind


@pytest.mark.parametrize("title, kind", [
    ("[shop] production: sidekiq 7.3.2 app [2 of 10 busy] leader stopping", "worker 7.3.2 2 10 yes"),
    ("the sidekiq of shop: sidekiq 7.3.2 app [0 of 10 busy]", "worker 7.3.2 0 10 no"),
    ("shop: sidekiq 7.3.2 app", "booting 7.3.2 0 0 no"),
    ("/opt/sidekiq 7.3.2 app [0 of 10 busy]", "none 0 0 no"),
])
def test_words_before_sidekiq_are_left_out_of_a_rubys_title(call, title, kind):
    words = 'longest_title=1000 title=$TITLE pid=0; is_ruby() { $RUBY; }; classify; echo $kind $version $busy $of $stopping'
    assert call(words, "process", "title", TITLE=title, RUBY=":") == kind
    assert call(words, "process", "title", TITLE=title, RUBY="false") == "none 0 0 no"


def test_a_too_long_title_is_ignored(call):
    said = call('longest_title=1000 title=$TITLE; classify; echo $kind $busy', "process", "title",
                TITLE=f"sidekiq 7.3.2 {'a' * 1000} [0 of 5 busy] stopping")
    assert said == "booting 0"


def test_a_huge_command_line_is_read_only_in_part(tmp_path):
    """Dash cannot limit what it reads, and is replaced by bash where there is one."""
    (tmp_path / "cmdline").write_text("sidekiq 7.3.2 " + "x" * 5_000_000)
    title = (PARTS / "title.sh").read_text().replace("/proc/$pid/cmdline", f"{tmp_path}/cmdline")
    start = "longest_title=1000; " + re.search(r"^read_limit=''$.*?^if .*?$", (PARTS / "start.sh").read_text(), re.MULTILINE | re.DOTALL)[0]
    done = subprocess.run(["bash", "--posix", "-c", f"set -uf; {start}\n{title}\nread_title; classify_title; echo ${{#title}} $kind"],
                          capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("1001 booting\n", "")


def test_only_living_workers_are_remembered(call):
    said = call("""most_notes=1 start=''; sleep 20 & read_stat $!; alive="$!:$start"; dead="$!:1 99999999:5"
        known=" $dead $alive 1234567:12345678 " signalled=" $dead "; forget_dead; kill $!; [ "$known.$signalled" = " $alive . " ] && echo yes""",
                "process", "scan")
    assert said == "yes"


def test_workers_that_come_and_go_without_end_fill_no_disk(call, tmp_path):
    said = call('noted=0 most_notes=3; for each in 1 2 3 4 5; do w_id=$each:7; note_quieted; done; ls "$quieted" | wc -l',
                "records", quieted=str(tmp_path / "quieted"))
    assert said == "3"


# --- which unit or container a process belongs to

@pytest.mark.parametrize("place, unit", [
    ("/system.slice/sidekiq.service", "sidekiq.service"),
    ("/system.slice/_sidekiq.service", "sidekiq.service"),
    ("/user.slice/user-1000.slice/user@1000.service/app.slice/worker.service", "user@1000:worker.service"),
    ("/system.slice/docker.service", ""),
    ("/system.slice/ssh.service/session.scope", ""),
    # a container with a systemd of its own
    ("/machine.slice/a.service/system.slice/b.service", ""),
    ("/user.slice/user@1000.service/user@0.service/a.service", ""),
    ("/system.slice/-e.service", ""),
    ("/", ""),
])
def test_a_control_group_names_the_unit(call, place, unit):
    assert call('unit_in "$PLACE"; echo "$unit"', "process", "owner", PLACE=place) == unit


CONTAINER = "0123456789ab" * 5 + "cdef"


@pytest.mark.parametrize("place, container", [
    (f"/system.slice/docker-{CONTAINER}.scope", CONTAINER),
    (f"/docker/{CONTAINER}", CONTAINER),
    (f"/user.slice/user-1000.slice/user@1000.service/docker-{CONTAINER}.scope", ""),  # that user names the groups
])
def test_a_control_group_names_the_container_unless_a_user_made_it(call, place, container):
    said = call('read_status() { value=1; }; pid=1; find_container "$PLACE"; echo "$container"', "owner", PLACE=place)
    assert said == container


@pytest.mark.parametrize("words, named", [
    ("/bin/sh -c bundle exec sidekiq -e production", "yes"), ("/usr/bin/sidekiqswarm", "yes"),
    ("/opt/sidekiq/bin/start", "yes"), ("bin/worker -C config/sidekiq.yml", "yes"), ("bin/sidekiq-worker", "yes"),
    ("/usr/bin/puma -p 80", "no"), ("/opt/sidekiq-prometheus-exporter/bin/serve", "no"), ("sidekiq_exporter", "no")])
def test_what_a_command_names(call, words, named):
    assert call('if names_sidekiq "$WORDS"; then echo yes; else echo no; fi', "command", WORDS=words) == named


@pytest.mark.parametrize("words, awaited, own", [
    ("/bin/sh -c bundle exec sidekiq", "yes", "yes"), ("/usr/bin/puma", "no", "no"), ("/opt/sidekiq-exporter/serve", "no", "no"),
    ("SCRIPT", "yes", "no")])
def test_a_unit_whose_command_names_sidekiq_is_its_workers_and_is_awaited(call, tmp_path, words, awaited, own):
    """The worker is another user's than the unit's first process, so that only the unit's command
    decides. A unit that runs a script which mentions Sidekiq is awaited, and not restarted."""
    (tmp_path / "serve").write_text("#!/usr/bin/ruby\n# for the queue\nrequire 'sidekiq/api'\n")
    said = call("""read_command() { main=7 words=$WORDS files_root='' directory=/; }; find_ancestor() { ancestor=7; }
        read_status() { value=$1; }; workers=8; say() { if "$@"; then echo yes; else echo no; fi; }
        read_command; say is_for_sidekiq; say is_for_its_workers app.service""",
                "command", "owner", WORDS=words.replace("SCRIPT", f"{tmp_path}/serve"))
    assert said.split() == [awaited, own]


@pytest.mark.parametrize("command, kind", [
    ("bundle exec sidekiq -C config/sidekiq.yml", "booting"),
    ("ruby /app/vendor/bundle/ruby/3.2.0/bin/sidekiq -q x", "booting"),
    ("/app/vendor/bundle/ruby/3.2.0/bin/sidekiq -q x", "booting"),
    ("bundle exec --gemfile Gemfile.next sidekiq", "none"),  # its unit decides
    ("sidekiq is great", "none"), ("ruby lib/sidekiq.rb", "none"), ("bundle exec rails server", "none")])
def test_one_string_or_many_words(call, tmp_path, command, kind):
    proc = tmp_path / "7"
    proc.mkdir()
    (proc / "comm").write_text("ruby\n")
    (proc / "cmdline").write_bytes(command.encode() + b"\0")
    text = (PARTS / "title.sh").read_text().replace("/proc/", f"{tmp_path}/")
    (tmp_path / "title.sh").write_text(text)
    said = call(f'longest_title=1000 pid=7 kind=none; . {tmp_path}/title.sh; classify_command; echo $kind', "process")
    assert said == kind


# --- service managers

@pytest.mark.parametrize("shown, state", [
    ("LoadState=loaded\nActiveState=active\nJob=0", "active no"),
    ("LoadState=loaded\nActiveState=inactive\nJob=17", "activating yes"),
    ("LoadState=not-found\nActiveState=inactive", "gone no"),
    ("Failed to connect to bus", "unknown no"),
])
def test_systemds_answer_is_a_state(call, shown, state):
    said = call('timed_out=/; manager() { printf "%s" "$SHOWN"; }; unit_state worker.service; echo $active $queued',
                "service_managers", SHOWN=shown)
    assert said == state


@pytest.mark.parametrize("written, seconds", [
    ("1min 30s", "90"), ("90s", "90"), ("1h 2min", "3720"), ("500ms", "0"), ("infinity", "none"), ("1day", "none")])
def test_systemds_times_are_seconds(call, written, seconds):
    said = call('if in_seconds "$WRITTEN"; then echo $seconds; else echo none; fi', "process", "service_managers",
                WRITTEN=written)
    assert said == seconds


def test_a_user_whose_systemd_let_its_time_pass_is_not_asked_again(call):
    said = call("""timed_out=/; manager() { echo asked; return 137; }; for each in 1 2; do
        unit_state user@1000:a.service; echo $active $shown; unit_state b.service; echo $active $shown; done""", "service_managers")
    assert said.split("\n") == ["unknown asked", "unknown asked", "unknown", "unknown asked"]


@pytest.mark.parametrize("words, seen", [
    ("yes no | head -c 3000000", 65536), ("sleep 30 & echo begun", 0), ("printf word; exit 7", 4)])
def test_what_runs_as_a_user_is_read_up_to_a_limit_and_ended_by_root(call, words, seen):
    """A process that it leaves behind delays nothing; its exit code is known all the same."""
    said = call('stat() { echo 0; }; setpriv() { :; }; timeout() { case $* in *setpriv*) shift 15; "$@" ;; *) command timeout "$@" ;; esac; }; '
                'said=$(as_user user@0 sh -c "$WORDS"); code=$?; echo ${#said} $code',
                "service_managers", WORDS=words)
    count, code = said.split()
    assert int(count) == seen and (code == "7") == ("exit 7" in words)


# --- what a unit runs

@pytest.mark.parametrize("words, grace", [
    ("bundle exec sidekiq -t 60 -q default", "60"), ("sidekiq -t90", "90"), ("sidekiq --timeout=8 && sidekiq -t 40", "40"),
    ("sidekiq", "25")])
def test_the_grace_is_the_longest_of_what_the_command_says(call, words, grace):
    said = call('words=$WORDS files_root= directory=/ a_version=7.3.2; find_grace; echo $grace', "process", "command", WORDS=words)
    assert said == grace


# --- the line

def test_untrusted_text_is_one_json_string(call):
    said = call('json_text "$TEXT"', "line", TEXT='a "b" \\ c\nd\x01é' + "x" * 400)
    assert said.startswith('a \\"b\\" \\\\ c d') and "é" not in said and len(said) <= 310


# --- the time until which a command may begin

@pytest.fixture
def late(call, tmp_path):
    """What refuse_late decides for an action with that many seconds left; `wake` is when the last
    wake was sent."""
    def run(action, seconds, wake=None):
        if wake is not None:
            (tmp_path / "last-wake-sent").write_text(f"{int(time.time()) + wake}\n")
        until = 0 if seconds is None else int(time.time()) + seconds
        return call(f'add_note() {{ echo "$1"; }}; finish() {{ echo "$1"; exit; }}; command_life=300 clock_margin=300; '
                    f'last_wake={tmp_path}/last-wake last_wake_sent={tmp_path}/last-wake-sent action={action}; '
                    f'refuse_late {until:010}; echo begins', "process", "expiry")
    return run


@pytest.mark.parametrize("action", ["quiet", "stop"])
def test_a_command_begins_in_its_time_only(late, action):
    assert late(action, 300) == late(action, 5) == late(action, 595) == late(action, None) == "begins"
    assert re.fullmatch(f"this {action} came 4[01] s too late, or the clock here is ahead by more than 5 minutes; "
                        "nothing was done\nfailed", late(action, -40))
    assert re.fullmatch("the clock here is 31[0-9] s behind: set it; nothing was done\nfailed", late(action, 611))


def test_a_command_sent_before_a_wake_does_not_act_after_it(late, tmp_path):
    assert late("wake", 300) == "begins"
    sent = int((tmp_path / "last-wake-sent").read_text())
    assert abs(sent - 300 - time.time()) < 5
    assert late("quiet", 200) == "a wake that was sent after this quiet has come here before it; nothing was done\nfailed"
    assert late("quiet", 310) == late("quiet", None) == "begins"
    assert late("wake", -5000) == "begins"  # a batch's turn comes late


def test_an_older_wake_changes_nothing_and_a_wrong_one_delays_little(late, tmp_path):
    sent = tmp_path / "last-wake-sent"
    late("wake", 300), late("wake", 100)  # a batch's turn
    assert late("quiet", 200).startswith("a wake that was sent after this quiet")
    sent.unlink()
    late("wake", 5_000_000_000)
    assert abs(int(sent.read_text()) - time.time() - 600) < 5


@pytest.mark.parametrize("words", ["quiet 1", "quiet 12345678901", "quiet 123456789x", "status 1234567890", "quiet 1 2"])
def test_a_wrong_time_is_wrong_usage(words):
    script = PARTS.parent / "snow-white-instance.sh"
    done = subprocess.run(["sh", script, *words.split()], capture_output=True, text=True, timeout=30, env={"PATH": "/usr/bin:/bin"})
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("usage: ")


# --- supervisors

def test_files_that_others_can_change_are_not_trusted(call, tmp_path):
    folder = tmp_path / "conf"
    folder.mkdir(mode=0o755)
    (folder / "good").write_text("")
    (folder / "bad").write_text("")
    (folder / "bad").chmod(0o666)
    (folder / "link").symlink_to("/etc/passwd")

    def judged(path):
        return call(f"only_root_can_change {path} && echo yes || echo no", "process", "supervisors")
    assert judged("/etc/passwd") == "yes"
    assert judged("/etc/../etc/passwd") == judged("etc/passwd") == judged("/etc") == judged("/nowhere") == "no"
    assert judged(folder / "bad") == judged(folder / "link") == "no"
    assert judged(folder / "good") == "no"  # below /tmp, where anybody may write


def test_runsv_is_not_called_for_a_users_folder(call, tmp_path):
    supervise = tmp_path / "supervise"
    supervise.mkdir()
    (tmp_path / "secret").write_text("root:$6$salt$hash")
    place = subprocess.Popen(["sleep", "30"], cwd=tmp_path)

    def said():
        return call(f"newline='\n'; read_runsv {place.pid}; echo [$sv_said]", "process", "command", "supervisors")
    try:
        for word, told in [("run", "run"), ("down", "down"), ("down, want up", "down"), ("finish", ""), ("secret $(id)", "")]:
            (supervise / "stat").write_text(word + "\n")
            assert said() == f"[{told}]"
        (supervise / "stat").unlink()
        (supervise / "stat").symlink_to(tmp_path / "secret")
        assert said() == "[]"
    finally:
        place.kill(), place.wait()


@pytest.mark.parametrize("title, kind", [
    ("[shop] production: sidekiq 7.3.2 app [1 of 5 busy]", "worker 7.3.2"),
    ("[shop] production: sidekiq 7.3.2 app", "booting 7.3.2"),
    ("bin/scale sidekiq 5", "none 5"),
    ("bin/scale " + "x" * 1000 + " sidekiq 5", "none"),
])
def test_behind_other_words_a_number_is_no_version(call, title, kind):
    assert call('is_ruby() { :; }; longest_title=1000 title=$TITLE; classify; echo $kind $version', "process", "title",
                TITLE=title) == kind
