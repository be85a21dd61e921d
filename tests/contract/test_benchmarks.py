"""The figures of docs/benchmarks.md agree with each other."""

from sandbox_process import ROOT

TEXT = (ROOT / "docs/benchmarks.md").read_text()


def rows(first_cell):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith(f"| {first_cell}")]


def test_the_calls_without_polls_are_those_of_the_table():
    """The first ListCommands looks for commands in flight, the others are polls."""
    [header] = rows("instances | environments | AWS |")
    calls, listed = header.index("calls"), header.index("of these ListCommands")
    seen = {}
    for row in rows(""):
        if len(row) == len(header) and row[3] == "snow-white --here":
            seen[f"{row[0]} in {row[1]}" + (f", {row[2]}" if row[2] else "")] = int(row[calls]) - (int(row[listed]) - 1)
    targets = rows("calls without polls, ")
    assert targets
    for name, _, measured, *_ in targets:
        assert seen[name.removeprefix("calls without polls, ")] == int(measured), name
