"""What the shell's commands of the same names do."""

import errno
import os
import shutil
import stat
from pathlib import Path
from typing import Any

from sandbox_utils._files import copy_tree
from sandbox_utils._paths import (
    PACKAGES,
    AnyPath,
    copy_file,
    existing,
    file_at,
    inside,
    into,
    listing,
    not_into_itself,
    open_text,
    removable,
)


def ls(path: AnyPath = "/app", all: bool = False, long: bool = False) -> list[Any]:
    """The names in a folder, sorted; without `all` not those that begin with a dot.

    With `long` a dict each: name, size in bytes, type (file, directory or link), is_dir, modified (ISO time, UTC) and
    permissions.

    >>> ls("data")
    ['notes.txt', 'people.json', 'sales.csv']
    """
    start = inside(path)
    if not os.path.isdir(start):
        names = {os.path.basename(start): start}
        os.lstat(start)
    elif all:
        names = {name: os.path.join(start, name) for name in sorted(os.listdir(start))}
    else:
        names = {entry.name: entry.path for entry in listing(start) if not entry.name.startswith(".")}
    return [_details(name, full) for name, full in names.items()] if long else list(names)


def cat(*files: AnyPath) -> str:
    r"""The contents of text files, one after the other. Returns the text and prints nothing.

    >>> cat("data/notes.txt")
    'a note\nan error\nthe end\n'
    """
    texts = []
    for file in files:
        with open_text(file_at(file)) as stream:
            texts.append(stream.read())
    return "".join(texts)


def touch(file: AnyPath) -> None:
    """Makes an empty file, or sets an existing file's time to now.

    >>> touch("empty.txt")
    """
    Path(inside(file)).touch()


def mkdir(path: AnyPath, parents: bool = True) -> None:
    """Makes a folder, with those above it, and is content if it is there; `parents=False` is strict in both.

    >>> mkdir("reports/2026")
    """
    Path(inside(path)).mkdir(parents=parents, exist_ok=parents)


def rm(path: AnyPath, recursive: bool = False, force: bool = False) -> None:
    """Removes a file, or with `recursive` a folder with all in it; with `force` a missing path is no error.

    Of a symbolic link the link is removed, wherever it leads.

    >>> rm("empty.txt")
    """
    full = removable(path)
    if not os.path.lexists(full):
        if not force:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", full)
    elif os.path.isdir(full) and not os.path.islink(full):
        if not recursive:
            raise IsADirectoryError(errno.EISDIR, "Is a directory, use recursive=True", full)
        shutil.rmtree(full)
    else:
        os.unlink(full)


def cp(src: AnyPath, dst: AnyPath, recursive: bool = False) -> None:
    """Copies a file, or with `recursive` a folder; if `dst` is a folder, into it under the same name.

    >>> cp("data/notes.txt", "reports")
    """
    source, target = existing(src), into(dst, inside(src))
    if os.path.isdir(source):
        if not recursive:
            raise IsADirectoryError(errno.EISDIR, "Is a directory, use recursive=True", source)
        copy_tree(source, target)
    else:
        if os.path.realpath(source) == os.path.realpath(target):
            raise shutil.SameFileError(f"{source} and {target} are the same file")
        copy_file(source, target)


def mv(src: AnyPath, dst: AnyPath) -> None:
    """Moves or renames a file or folder; if `dst` is a folder, into it under the same name. A file there is replaced.

    >>> mv("reports/notes.txt", "reports/old.txt")
    """
    source = removable(src)
    os.lstat(source)
    target = into(dst, source)
    not_into_itself(source, target, "move")
    if os.path.isdir(source) and not os.path.islink(source) and os.path.isfile(target):
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory", target)
    (os.rename if os.path.isdir(target) else shutil.move)(source, target)


def echo(text: object, file: AnyPath | None = None, append: bool = False) -> str:
    """Prints a text, or writes it with a line end into a file, replacing or with `append` extending it; returns it.

    >>> _ = echo("one more line", "reports/old.txt", append=True)
    """
    text = str(text)
    if file is None:
        print(text)
    else:
        with open(inside(file), "a" if append else "w", encoding="utf-8", newline="") as stream:
            stream.write(text + "\n")
    return text


def _details(name: str, full: str) -> dict[str, Any]:
    from datetime import UTC, datetime

    found = os.lstat(full)
    kind = "link" if stat.S_ISLNK(found.st_mode) else "directory" if stat.S_ISDIR(found.st_mode) else "file"
    writable = not (full + "/").startswith(PACKAGES + "/")
    modes = {"link": "lrwxrwxrwx", "directory": "drwxr-xr-x", "file": "-rw-r--r--"}[kind]
    return {
        "name": name,
        "size": found.st_size,
        "type": kind,
        "is_dir": kind == "directory",
        "modified": datetime.fromtimestamp(int(found.st_mtime), UTC).isoformat(),
        "permissions": modes if writable else modes.replace("w", "-"),
    }
