"""Paths that stay in the workspace, and what else the helpers share.

Every path that a caller gives goes through `inside` or `name` once. That keeps a program to its workspace for its own
good (an absolute path typed by mistake, a link in an archive); the sandbox's limits do not depend on it.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

type AnyPath = str | os.PathLike[str]
type Key = str | Callable[[Any], Any]

ROOT = "/app"
PACKAGES = "/app/site-packages"
"""The runtime's read-only folder; listings leave it out unless they start in it."""


def outside(path: AnyPath) -> ValueError:
    return ValueError(f"Path must be within /app: {os.fspath(path)}")


def place(path: AnyPath) -> str:
    """The absolute, normal form of a path whose last part may be a link to anywhere."""
    text = os.fspath(path)
    if not isinstance(text, str):
        raise TypeError(f"a path is text, not {type(text).__name__}")
    if text.startswith("/"):
        if text != ROOT and not text.startswith("/app/"):
            raise outside(path)
        parts = text.split("/")[2:]
    else:
        parts = text.split("/")
    kept: list[str] = []
    for part in parts:
        if part == "..":
            if not kept:
                raise outside(path)
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    full = "/".join([ROOT, *kept])
    if kept and not leads_inside(os.path.dirname(full)):
        raise outside(path)
    return full


def inside(path: AnyPath) -> str:
    """The same for a path that is used: links in it must stay within /app."""
    full = place(path)
    if not leads_inside(full):
        raise outside(path)
    return full


def leads_inside(full: str) -> bool:
    real = os.path.realpath(full)
    return real == ROOT or real.startswith("/app/")


def removable(path: AnyPath) -> str:
    """The same for a path that is removed or moved: a link is removed, wherever it leads, /app itself never is."""
    full = place(path)
    if full == ROOT:
        raise ValueError("cannot remove or move /app itself; do it with what is in it")
    return full


def existing(path: AnyPath) -> str:
    full = inside(path)
    os.stat(full)
    return full


def file_at(path: AnyPath) -> str:
    full = existing(path)
    if os.path.isdir(full):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", full)
    return full


def folder_at(path: AnyPath) -> str:
    full = existing(path)
    if not os.path.isdir(full):
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory", full)
    return full


def into(dst: AnyPath, source: str) -> str:
    """Where `source` lands: under its own name if `dst` is a folder."""
    target = inside(dst)
    return inside(os.path.join(target, os.path.basename(source))) if os.path.isdir(target) else target


def not_into_itself(source: str, target: str, verb: str) -> None:
    if target == source or target.startswith(source + "/"):
        raise ValueError(f"cannot {verb} {source} into itself: {target}")


def listing(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if entry.path != PACKAGES), key=lambda entry: entry.name)


def below(folder: str, recursive: bool) -> Iterator[os.DirEntry[str]]:
    for entry in listing(folder):
        yield entry
        if recursive and entry.is_dir(follow_symlinks=False):
            yield from below(entry.path, True)


def open_text(full: str) -> Any:
    """Opens for reading text; lines end at a line feed only and nothing is translated."""
    return open(full, encoding="utf-8", errors="replace", newline="\n")


def copy_file(source: str, target: str) -> None:
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", target)
    shutil.copyfile(source, target)


def give(text: str, output: AnyPath | None) -> str:
    if output is not None:
        with open(inside(output), "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
    return text
