"""The commands that a document tells its reader to type.

In: Markdown. Out: each command as a shell takes it: the lines of indented blocks (joined where one
continues in the next; of a transcript only what follows its `$ `; nothing of a block that shows
output, `== …`), and the code spans that are a program of PROGRAMS followed by arguments."""

import re
import textwrap

PROGRAMS = {"make", "sam", "aws", "docker", "skopeo", "buildah", "snow-white", "snow-white-check", "snow-white.sh", "./snow-white.sh", "eb", "rm",
            "git", "scripts/stamp-template"}
GOES_ON = re.compile(r"(\\|&&|\|\||\|)$")
BLOCK = re.compile(r"(?:\A|\n\n)((?:(?: {4}|\t).*\n|\n(?= {4}))+)")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
COMMENT = re.compile(r"\s+# .*$")


def commands_of(markdown):
    blocks = BLOCK.findall(markdown)
    found = [command for block in blocks for command in commands_of_block(textwrap.dedent(block))]
    for span in SPAN.findall(BLOCK.sub("\n\n", markdown)):
        words = span.split()
        if words[0] in PROGRAMS and len(words) > 1:
            found.append(span)
    return list(dict.fromkeys(found))


def commands_of_block(block):
    lines = [line for line in block.splitlines() if line.strip()]
    if lines[0].startswith("== "):
        return []
    if lines[0].startswith("$ "):
        return [line[2:] for line in lines if line.startswith("$ ")]
    return join(COMMENT.sub("", line) for line in lines)


def join(lines):
    commands, goes_on = [], False
    for line in lines:
        commands[-1:] = [commands[-1] + "\n" + line] if goes_on else [*commands[-1:], line]
        goes_on = bool(GOES_ON.search(line.rstrip()))
    return commands
