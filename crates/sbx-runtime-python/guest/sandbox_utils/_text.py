"""Reading and searching text files."""

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath

from sandbox_utils._files import walk
from sandbox_utils._paths import ROOT, AnyPath, file_at, inside, open_text

SNIFFED_BYTES = 8192
"""How much of a file `grep` looks at to tell whether it is text, as GNU grep does."""

BLOCK_CHARS = 1 << 20
"""How much of a file is read at once."""


def grep(pattern: str, files: AnyPath | Iterable[AnyPath], regex: bool = True) -> list[tuple[str, int, str]]:
    """The lines that match, as `(file, line number, line)`, numbered from 1.

    `files` is one path or many; a folder stands for all files below it, a glob such as `"logs/*.txt"` for what it
    finds. `regex=False` takes the pattern literally. Binary files are skipped. For other case: `(?i)pattern`.

    >>> grep("err", "data/notes.txt")
    [('/app/data/notes.txt', 2, 'an error')]
    """
    many = [files] if isinstance(files, (str, os.PathLike)) else files
    search = re.compile(pattern).search if regex else None
    found = []
    for file in _expand(many):
        with open(file, "rb") as probe:
            if b"\0" in probe.read(SNIFFED_BYTES):
                continue
        first = 1
        for block in _blocks(file):
            lines = block.replace("\r\n", "\n").removesuffix("\n").split("\n")
            numbered = enumerate(lines, first)
            if search is not None:
                found += [(file, number, line) for number, line in numbered if search(line)]
            elif pattern in block:
                found += [(file, number, line) for number, line in numbered if pattern in line]
            first += len(lines)
    return found


def sed(pattern: str, replacement: str, text: str) -> str:
    r"""`text` with every match of the regular expression replaced; `^` and `$` match at each line.

    The replacement may refer to groups: `\1`, `\g<name>`; `\g<0>` is the whole match.

    >>> sed(r"(\w+)@(\w+)", r"\2 at \1", "ann@home")
    'home at ann'
    """
    return re.sub(pattern, replacement, text, flags=re.MULTILINE)


def head(file: AnyPath, lines: int = 10) -> str:
    r"""The first lines of a text file.

    >>> head("data/sales.csv", 2)
    'day,shop,sum\n1,north,10\n'
    """
    with open_text(file_at(file)) as stream:
        return "".join(islice(stream, _count(lines)))


def tail(file: AnyPath, lines: int = 10) -> str:
    r"""The last lines of a text file.

    >>> tail("data/sales.csv", 1)
    '2,"south, west",20\n'
    """
    with open_text(file_at(file)) as stream:
        return "".join(deque(stream, _count(lines)))


def wc(file: AnyPath) -> dict[str, int]:
    """How many lines (line ends, as `wc -l` counts), words and characters a text file has.

    >>> wc("data/notes.txt")
    {'lines': 3, 'words': 6, 'chars': 24}
    """
    lines = words = chars = 0
    for block in _blocks(file_at(file)):
        lines += block.count("\n")
        words += len(block.split())
        chars += len(block)
    return {"lines": lines, "words": words, "chars": chars}


def diff(file1: AnyPath, file2: AnyPath) -> str:
    """The difference of two text files as a unified diff; empty if they are the same.

    >>> diff("data/notes.txt", "data/notes.txt")
    ''
    """
    import difflib

    texts = []
    for file in (file1, file2):
        with open_text(file_at(file)) as stream:
            texts.append(list(stream))
    if texts[0] == texts[1]:
        return ""
    lines = difflib.unified_diff(*texts, os.fspath(file1), os.fspath(file2))
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)


def _expand(files: Iterable[AnyPath]) -> Iterator[str]:
    """The files that the arguments of `grep` stand for."""
    for file in files:
        full = inside(file)
        if os.path.isdir(full):
            yield from map(str, walk(full))
        elif not os.path.exists(full) and any(char in full for char in "*?["):
            pattern = PurePosixPath(full[len(ROOT) + 1 :])
            yield from (str(one) for one in walk() if one.relative_to(ROOT).full_match(pattern))
        else:
            yield file_at(file)


def _blocks(full: str) -> Iterator[str]:
    """The text in blocks of whole lines: work on blocks costs a tenth of work on lines."""
    with open_text(full) as stream:
        while block := stream.read(BLOCK_CHARS):
            yield block if block.endswith("\n") else block + stream.readline()


def _count(lines: int) -> int:
    if lines < 0:
        raise ValueError(f"lines must not be negative: {lines}")
    return lines
