"""What docs/design.md draws of the rooms is what scripts/check-includes allows; CONTRIBUTING.md
names files and tests that exist."""
import fnmatch
import re

from sandbox_process import ROOT

TABLE = re.compile(r"^    (src[\w/* |]*)\)\s*echo \"([^\"]*)\"", re.M)
GTEST = re.compile(r"^TEST(?:_[FP])?\((\w+),\s+(\w+)\)", re.M)
FENCE = re.compile(r"```mermaid\nflowchart TD\n(.*?)```", re.S)
NODE = re.compile(r'^ +(\w+)\["([\w/]+)', re.M)
ARROW = re.compile(r"^ +(\w+)-->(?:\|[^|]*\|)?(\w+)", re.M)


def rooms():
    """The folders below src that hold sources, as the diagram names them: without `src/`."""
    folders = {str(file.parent.relative_to(ROOT / "src")) for file in (ROOT / "src").rglob("*.?pp")}
    return folders - {".", "base", "cli"}  # every room may include base; cli itself has main_command alone


def may_include():
    """For each room those that it may include, but for itself and base."""
    text = (ROOT / "scripts/check-includes").read_text().replace(")\n        echo", ") echo")
    allowed = {}
    for names, words in TABLE.findall(text):
        for name in names.split(" | "):
            below = name.removesuffix("/*")
            for room in rooms():
                if "src/" + room == name or name.endswith("/*") and ("src/" + room).startswith(below + "/"):
                    allowed.setdefault(room, set()).update(expanded(words.split()))
    return {room: others - {room} for room, others in allowed.items()}


def expanded(words):
    for word in words:
        for room in rooms():
            folder = "src/" + room
            if folder == word or word.endswith("/...") and (folder + "/").startswith(word.removesuffix("...")):
                yield room


def diagrams():
    return FENCE.findall((ROOT / "docs/design.md").read_text())


def of_one_room(room):
    """aws/config is a part of the room aws."""
    return "aws" if room.startswith("aws/") else room


def test_the_diagram_of_rooms_is_the_table():
    drawing = next(text for text in diagrams() if "drain/machine: the pure" in text)
    names = dict(NODE.findall(drawing))
    arrows = {(names[one], names[other]) for one, other in ARROW.findall(drawing)}
    assert set(names.values()) == {of_one_room(room) for room in rooms()}
    table = {}
    for room, others in may_include().items():
        table.setdefault(of_one_room(room), set()).update(map(of_one_room, others))
    forbidden = {(one, other) for one, other in arrows if other not in table[one]}
    assert not forbidden, f"drawn, and the table does not allow it: {forbidden}"
    unused = arrows - included()
    assert not unused, f"drawn, and no file includes it: {unused}"
    missing = {(room, other) for room, others in table.items() for other in others - {room}
               if other not in reachable(room, arrows)}
    assert not missing, f"the table allows it, and no way of arrows leads there: {missing}"


def included():
    """Each room and another that one of its files includes."""
    pairs = set()
    for file in (ROOT / "src").rglob("*.?pp"):
        room = of_one_room(str(file.parent.relative_to(ROOT / "src")))
        for other in re.findall(r'^#include "src/([\w/]+)/\w+\.hpp"', file.read_text(), re.M):
            pairs.add((room, of_one_room(other)))
    return pairs


def reachable(room, arrows):
    seen, left = set(), [room]
    while left:
        one = left.pop()
        for begin, end in arrows:
            if begin == one and end not in seen:
                seen.add(end)
                left.append(end)
    return seen


def test_the_path_of_a_quiet_names_files_that_exist():
    drawing = next(text for text in diagrams() if "snow-white.sh -a quiet" in text)
    files = [name for _, name in NODE.findall(drawing) if "/" in name]
    assert len(files) >= 8
    for name in files:
        assert (ROOT / "src" / f"{name}.cpp").exists(), name


def test_the_documents_name_tests_that_exist():
    """In backticks: `Suite.Name`, the long name of a unit test, `test_function`, `test_file.py`."""
    sources = "".join(file.read_text() for file in (ROOT / "tests").rglob("*_test.cpp"))
    names = {name for pair in GTEST.findall(sources) for name in (".".join(pair), pair[1])}
    python = "".join(f"{file.name}\n{file.read_text()}" for file in (ROOT / "tests").rglob("*.py"))
    wanted = [(document.name, word) for document in (ROOT / "docs").glob("*.md")
              for word in re.findall(r"`([\w.]+)`", document.read_text())]
    unit_tests = [(where, word) for where, word in wanted
                  if re.fullmatch(r"[A-Z]\w+\.[A-Z]\w{6,}|([A-Z][a-z]+|A){5,}", word)]
    functions = [(where, word) for where, word in wanted if word.startswith("test_")]
    assert len(unit_tests) > 10 and len(functions) > 15
    assert [one for one in unit_tests if one[1] not in names] == []
    assert [one for one in functions if one[1] not in python] == []


def test_contributing_names_files_and_tests_that_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    files = re.findall(r"`((?:src|sandbox|tests|docs|scripts|cfn|action|ssm)/[\w./-]+\.\w+)`", text)
    assert len(files) > 20
    missing = [name for name in files if "SERVICE" not in name and not (ROOT / name).exists()]
    assert missing == []
    sources = "".join(file.read_text() for file in (ROOT / "tests/unit").rglob("*_test.cpp"))
    gtests = {".".join(pair) for pair in GTEST.findall(sources)}
    filters = re.findall(r"FILTER='([^']+)'", text) + re.findall(r"`(\w+\.[A-Z]\w+)`", text)
    assert len(filters) > 8
    unmatched = [words for words in filters
                 if not any(fnmatch.fnmatch(name, words.split(":")[0].split("-")[0]) for name in gtests)]
    assert unmatched == []
    for module, function in re.findall(r"(test_\w+)\.py::(\w+)", text):
        [file] = (ROOT / "tests").rglob(f"{module}.py")
        assert f"def {function}(" in file.read_text(), f"{module}.py::{function}"
    for module in re.findall(r"`(test_\w+\.py)", text):
        assert list((ROOT / "tests").rglob(module)), module


def test_no_file_of_the_drain_is_long():
    """A room of many small files, each of which one reads at once."""
    longest = 250
    sizes = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in (ROOT / "src/drain").rglob("*.?pp")}
    assert sizes, "no files"
    assert {name: size for name, size in sizes.items() if size > longest} == {}
