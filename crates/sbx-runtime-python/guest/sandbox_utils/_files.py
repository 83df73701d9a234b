"""Finding, showing, copying and removing files."""

import fnmatch
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from sandbox_utils._paths import (
    AnyPath,
    below,
    copy_file,
    folder_at,
    inside,
    leads_inside,
    listing,
    not_into_itself,
    outside,
    removable,
)


def find(pattern: str, path: AnyPath = "/app", recursive: bool = True) -> list[Path]:
    """Files and folders whose name matches a glob pattern, sorted.

    A pattern with a slash is compared with the end of the path below `path`; `**` stands for any folders.
    With `recursive=False` only what is directly in `path` is looked at.

    >>> find("*.csv")
    [PosixPath('/app/data/sales.csv')]
    """
    start = folder_at(path)
    anchored = pattern.startswith(start + "/")
    if anchored:
        pattern = pattern[len(start) + 1 :]
    if pattern.startswith("/") or ".." in pattern.split("/"):
        raise outside(pattern)
    if "/" not in pattern and not anchored:
        fits = re.compile(fnmatch.translate(pattern)).match
        return [Path(entry.path) for entry in below(start, recursive) if fits(entry.name)]
    patterns = (pattern,) if anchored else (pattern, "**/" + pattern)
    found = []
    for entry in below(start, recursive):
        relative = PurePosixPath(entry.path[len(start) + 1 :])
        if any(relative.full_match(one) for one in patterns):
            found.append(Path(entry.path))
    return found


def tree(path: AnyPath = "/app", max_depth: int | None = None) -> str:
    """A drawing of a folder, as the shell's `tree`; folders end in a slash.

    >>> print(tree("data"))
    /app/data
    ├── notes.txt
    └── sales.csv
    """
    start = folder_at(path)
    lines = [start]

    def draw(folder: str, indent: str, depth: int) -> None:
        if max_depth is not None and depth > max_depth:
            return
        entries = listing(folder)
        for entry in entries:
            last = entry is entries[-1]
            is_folder = entry.is_dir(follow_symlinks=False)
            mark = "/" if is_folder else f" -> {os.readlink(entry.path)}" if entry.is_symlink() else ""
            lines.append(f"{indent}{'└── ' if last else '├── '}{entry.name}{mark}")
            if is_folder:
                draw(entry.path, indent + ("    " if last else "│   "), depth + 1)

    draw(start, "", 1)
    return "\n".join(lines)


def walk(path: AnyPath = "/app", filter_func: Callable[[Path], bool] | None = None) -> Iterator[Path]:
    """Every file below a folder, sorted; with `filter_func` only those for which it is true.

    >>> [file.name for file in walk(filter_func=lambda file: file.suffix == ".txt")]
    ['notes.txt']
    """
    start = folder_at(path)

    def files() -> Iterator[Path]:
        for entry in below(start, True):
            if entry.is_file() and (not entry.is_symlink() or leads_inside(entry.path)):
                file = Path(entry.path)
                if filter_func is None or filter_func(file):
                    yield file

    return files()


def copy_tree(src: AnyPath, dst: AnyPath) -> None:
    """Copies what is in folder `src` into folder `dst`, which is made if it is missing; files there are replaced.

    A symbolic link is copied as a link.

    >>> copy_tree("data", "backup/data")
    """
    source, target = folder_at(src), inside(dst)
    not_into_itself(source, target, "copy")
    entries = list(below(source, True))
    for entry in entries:
        if entry.is_symlink() and not leads_inside(entry.path):
            raise outside(entry.path)
    os.makedirs(target, exist_ok=True)
    for entry in entries:
        there = target + entry.path[len(source) :]
        if entry.is_dir(follow_symlinks=False):
            os.makedirs(there, exist_ok=True)
        elif entry.is_symlink():
            if os.path.lexists(there):
                os.unlink(there)
            os.symlink(os.readlink(entry.path), there)
        else:
            copy_file(entry.path, inside(there))


def remove_tree(path: AnyPath, pattern: str | None = None) -> None:
    """Removes a folder and all in it; with `pattern` only the files below it whose names match, and no folder.

    >>> remove_tree("backup")
    """
    if pattern is None:
        shutil.rmtree(removable(path))
        return
    fits = re.compile(fnmatch.translate(pattern)).match
    for entry in list(below(folder_at(path), True)):
        if fits(entry.name) and not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.path)
