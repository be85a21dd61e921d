"""scripts/check-messages names the message without a row, and the row without a message."""

import subprocess

import pytest

from sandbox_process import ROOT

SOURCE = '''
// "a comment is no message at all"
void say(Context& context, const std::string& name, int count) {
    print_error(context, "the cluster {} is not there; "
                         "name another one",
                name);
    throw_away(count == 1 ? "one was thrown away" : "several were thrown away");
    print_line(context, "stopped the service of " + name + " after " + text_of(count) + " s");
    const auto pattern = matches(name, "no message (of) [words]+ here");
    print_json_event(context, {"short", "a word"});
}
'''
MESSAGES = ["the cluster … is not there; name another one", "one was thrown away", "several were thrown away",
            "stopped the service of … after … s"]
HEADER = "| says | when | what now |\n|---|---|---|\n"


def page_of(messages):
    return HEADER + "".join(f"| `{words}` | then | nothing |\n" for words in messages)


def check(folder, source, page, *options):
    """-> exit code, and the lines that it prints"""
    (folder / "a.cpp").write_text(source)
    (folder / "page.md").write_text(page)
    done = subprocess.run([ROOT / "scripts/check-messages", *options, "--page", "page.md", "a.cpp"], cwd=folder,
                          capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_the_messages_are_listed(tmp_path):
    code, lines = check(tmp_path, SOURCE, "", "--list")
    assert code == 0
    assert [line.split(": ", 1)[1] for line in lines] == MESSAGES
    assert lines[0].startswith("a.cpp:4: ")


def test_a_page_with_a_row_for_each_message_passes(tmp_path):
    assert check(tmp_path, SOURCE, page_of(MESSAGES)) == (0, [])


@pytest.mark.parametrize("left_out", range(len(MESSAGES)))
def test_a_message_without_a_row_is_named(tmp_path, left_out):
    rows = MESSAGES[:left_out] + MESSAGES[left_out + 1:]
    code, [line] = check(tmp_path, SOURCE, page_of(rows))
    assert code == 1
    assert line.startswith("a.cpp:") and f'"{MESSAGES[left_out]}" has no row in page.md' in line


def test_a_row_whose_message_is_gone_is_named(tmp_path):
    page = page_of([*MESSAGES, "the cluster is on holiday"])
    assert check(tmp_path, SOURCE, page) == (1, ['page.md:7: no message is "the cluster is on holiday"'])


def test_a_message_that_changed_is_both(tmp_path):
    code, lines = check(tmp_path, SOURCE.replace("name another one", "name one that is"), page_of(MESSAGES))
    assert (code, len(lines)) == (1, 2), lines


@pytest.mark.parametrize("row", [
    "one  was thrown away.", "…: one was thrown away (…)", "one was … away", "; one was thrown away; …"])
def test_blanks_and_marks_at_the_ends_do_not_count_and_dots_stand_for_words(tmp_path, row):
    assert check(tmp_path, SOURCE, page_of([row, MESSAGES[0], *MESSAGES[2:]])) == (0, [])


def test_several_messages_may_share_a_row_and_other_tables_hold_none(tmp_path):
    page = f"{HEADER}| {'<br>'.join(f'`{words}`' for words in MESSAGES)} | `then` | `nothing` |\n"
    assert check(tmp_path, SOURCE, page + "\n| where | how |\n|---|---|\n| `on the terminal` | so |\n") == (0, [])


@pytest.mark.parametrize("words", [
    "the workers go on as told", "3 instances are not as asked yet", "the task goes on, and its answer comes by Slack",
    "log in anew with that profile", "whoever deploys it narrows that", "the same command picks it up",
    "nothing was sent; nothing stands in the way", "its script has ended without a word"])
def test_a_private_word_is_named(tmp_path, words):
    source = SOURCE.replace("one was thrown away", words)
    code, lines = check(tmp_path, source, page_of([words, MESSAGES[0], *MESSAGES[2:]]))
    assert code == 1 and any('has the private word "' in line for line in lines), lines


def test_a_word_that_only_looks_like_one_passes(tmp_path):
    words = "safe to go on with a ctold heardrum"
    assert check(tmp_path, SOURCE.replace("one was thrown away", words), page_of([words, MESSAGES[0], *MESSAGES[2:]])) == (0, [])


def test_the_page_of_this_repository_has_every_message():
    done = subprocess.run([ROOT / "scripts/check-messages"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
