"""What is installed beside the program: its readers find it and understand it."""

import itertools
import os
import re
import shutil
import subprocess

import pytest

from programs import VENV_BIN, at_the_prompt
from sandbox_process import PROGRAM, ROOT
from terminal import Terminal

BUILD = PROGRAM.parents[1]
HANDBOOK = BUILD / "handbook"


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with everything that `make install` puts under a prefix."""
    prefix = tmp_path_factory.mktemp("prefix")
    done = run("cmake", "--install", BUILD, "--prefix", prefix)
    assert done.returncode == 0, done
    return prefix


def completed(script, words, environment):
    """bash's completions of the last word."""
    line = f"""source {script}; COMP_WORDS=({' '.join(f"'{w}'" for w in words)}); COMP_CWORD={len(words) - 1}
_snow_white; printf '%s\\n' "${{COMPREPLY[@]}}" """
    done = run("bash", "-c", line, env=environment)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout.split()


def test_bash_completes_actions_flags_and_profiles(installed, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[default]\n[profile staging]\nregion = us-east-1\n[profile production]\n"
                                          "[sso-session corp]\n[services local]\n")
    (tmp_path / ".aws/credentials").write_text("[older]\naws_access_key_id = AKIA\n")
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    script = installed / "share/bash-completion/completions/snow-white"
    assert {"quiet", "wake", "stop"} <= set(completed(script, ["snow-white", "-a", ""], environment))
    assert completed(script, ["snow-white", "-a", "w"], environment) == ["wake"]
    assert completed(script, ["snow-white", "-f", ""], environment) == ["default", "older", "production", "staging"]
    assert "--dry-run" in completed(script, ["snow-white", "--d"], environment)
    assert completed(script, ["snow-white", "--match", ""], environment) == ["contains", "exact", "glob"]
    for flag in ("-r", "-p", "-e"):  # no profile and region, no names
        assert completed(script, ["snow-white", flag, ""], environment) == []


SANDBOX_ARGUMENTS = ["--application", "acme", "--environment", "acme-Workers=2", "--environment", "acme-web=1", "--simulated"]
TYPED = "snow-white -f staging -r us-east-1 "
NAMES = [("-p ", {"acme"}), ("-p acme -e ", {"acme-Workers", "acme-web"}), ("-p acme --exclude ", {"acme-Workers", "acme-web"}), ("-p other -e ", set())]


@pytest.mark.parametrize("typed, names", NAMES)
def test_applications_and_environments_are_offered_with_credentials(installed, sandbox, typed, names):
    """By the AWS CLI with the typed profile; fish and bash have the same few lines of sh."""
    environment = at_the_prompt(sandbox, PATH=f"{VENV_BIN}:{os.environ['PATH']}")
    fish = installed / "share/fish/vendor_completions.d/snow-white.fish"
    offered = run("fish", "-N", "-c", f"source {fish}; complete -C '{TYPED}{typed}'", env=environment)
    assert {line.split("\t")[0] for line in offered.stdout.splitlines()} == names, offered
    bash = installed / "share/bash-completion/completions/snow-white"
    assert set(completed(bash, [*(TYPED + typed).split(), ""], environment)) == names


@pytest.mark.parametrize("shell,path", [("zsh", "share/zsh/vendor-completions/_snow-white"),
                                        ("fish", "share/fish/vendor_completions.d/snow-white.fish")])
def test_other_shells_find_their_completions(installed, shell, path):
    assert shutil.which(shell), f"wanted {shell}; scripts/setup installs it"
    done = run(shell, "-n", installed / path)
    assert done.returncode == 0 and not done.stderr, done


@pytest.fixture
def typed_in_zsh(installed, tmp_path):
    """offered(TYPED, ENVIRONMENT): the completions that an interactive zsh lists (Ctrl-D)."""
    (tmp_path / ".zshrc").write_text(f"fpath=({installed}/share/zsh/vendor-completions $fpath)\nautoload -U compinit\n"
                                     "compinit -D -u\nPROMPT='%% '\nLISTMAX=0\nsetopt no_always_last_prompt\nprint ready\n")

    def offered(typed, environment):
        terminal = Terminal(["zsh", "-d", "-i"], environment | {"ZDOTDIR": str(tmp_path), "TERM": "xterm"}, 200, 50)
        terminal.until("ready")
        terminal.until("% ")
        os.write(terminal.ours, typed.encode() + b"\x04\x15print 'the end'\r")
        terminal.until("% print 'the end'")
        lines = [line.rstrip() for line in terminal.screen.display]
        os.write(terminal.ours, b"exit\r")
        assert terminal.end() == 0
        heading = "% " + typed.rstrip()
        # otherwise overwritten, because nothing was listed
        listed = lines[lines.index(heading) + 1:] if heading in lines else []
        return "\n".join(itertools.takewhile(lambda line: not line.startswith("% "), listed))
    return offered


def test_zsh_completes_actions_flags_and_profiles(typed_in_zsh, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[default]\n[profile staging]\n")
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    assert typed_in_zsh("snow-white -a ", environment).split() == ["jobs", "quiet", "status", "stop", "wake"]
    assert typed_in_zsh("snow-white -f ", environment).split() == ["default", "staging"]
    assert typed_in_zsh("snow-white -p ", environment) == "", "no profile and region, no names"
    flags = typed_in_zsh("snow-white -a quiet -e one -", environment)
    assert "--dry-run " in flags and "-e " in flags and "-a " not in flags, flags


@pytest.mark.parametrize("typed, names", NAMES)
def test_zsh_offers_applications_and_environments(typed_in_zsh, sandbox, typed, names):
    environment = at_the_prompt(sandbox, PATH=f"{VENV_BIN}:{os.environ['PATH']}")
    assert set(typed_in_zsh(TYPED + typed, environment).split()) == names


def test_fish_offers_the_actions_and_the_flags(installed, tmp_path):
    script = installed / "share/fish/vendor_completions.d/snow-white.fish"
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    offered = run("fish", "-N", "-c", f"source {script}; complete -C 'snow-white -a '", env=environment)
    assert {"quiet", "wake", "stop"} <= {line.split("\t")[0] for line in offered.stdout.splitlines()}, offered
    flags = run("fish", "-N", "-c", f"source {script}; complete -C 'snow-white --'", env=environment)
    assert "--dry-run" in flags.stdout, flags


def test_the_manual_is_set_without_a_warning(installed):
    done = run("groff", "-man", "-Tutf8", "-ww", "-z", installed / "share/man/man1/snow-white.1")
    assert done.returncode == 0 and not done.stderr, done
    text = run("groff", "-man", "-Tascii", "-P-cbou", installed / "share/man/man1/snow-white.1").stdout
    assert "--dry-run" in text and "Exit codes" in text, text


def test_what_is_installed_runs_and_leaves_nothing_when_it_is_taken_away(installed):
    assert run(installed / "bin/snow-white", "--version").returncode == 0
    assert "Exit codes" in run(installed / "bin/snow-white-check", "--help").stdout
    assert (installed / "bin/snow-white.sh").stat().st_mode & 0o111
    manifest = (BUILD / "install_manifest.txt").read_text().split("\n")
    left = {str(path) for path in installed.rglob("*") if path.is_file()} - set(manifest)
    assert not left, left


def test_the_deb_has_it_all_and_names_what_it_needs(tmp_path):
    made = run("cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-D", f"CPACK_OUTPUT_FILE_PREFIX={tmp_path}", cwd=tmp_path)
    assert made.returncode == 0, made
    [package] = tmp_path.glob("*.deb")
    files = run("dpkg-deb", "-c", package).stdout
    for path in ("usr/bin/snow-white", "usr/bin/snow-white-check", "usr/bin/snow-white.sh", "usr/share/man/man1/snow-white.1", "usr/share/doc/snow-white"):
        assert f"./{path}" in files, files
    fields = run("dpkg-deb", "-f", package).stdout
    assert re.search(r"^Depends:.*libcurl4.*", fields, re.M) and "ca-certificates" in fields, fields
