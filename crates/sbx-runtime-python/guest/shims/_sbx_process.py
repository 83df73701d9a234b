"""What asks for a process says that there is none and what to do in its place.

The errors are `OSError` with `ENOTSUP`, as from a system call, and carry the command, because that is what the
program's author recognises.
"""

import errno
import multiprocessing
import os
import shlex
import subprocess
from typing import Any, NoReturn

GENERAL = "do the work in Python"

HINTS = {
    "7z": "use zipfile, tarfile or lzma",
    "awk": "use str.split, csv or pandas",
    "bash": GENERAL,
    "cat": "use open(path).read() or sandbox_utils.cat",
    "conda": "packages cannot be installed from inside; those that are there are listed by importlib.metadata",
    "convert": "use PIL.Image",
    "cp": "use shutil.copy or sandbox_utils.cp",
    "curl": "there is no network; ask for the data as a file in /app",
    "cut": "use str.split or csv",
    "date": "use datetime.datetime.now()",
    "diff": "use difflib or sandbox_utils.diff",
    "du": "use sum(p.stat().st_size for p in Path('/app').rglob('*'))",
    "echo": "use print or Path.write_text",
    "ffmpeg": "there is no audio or video tool",
    "find": "use pathlib.Path.rglob or sandbox_utils.find",
    "gcc": "native code cannot be built or run",
    "git": "there is no git; difflib compares texts",
    "grep": "use re or sandbox_utils.grep",
    "gunzip": "use gzip",
    "gzip": "use gzip",
    "head": "use itertools.islice or sandbox_utils.head",
    "kill": GENERAL,
    "libreoffice": "use openpyxl, pypdf or reportlab",
    "ls": "use os.listdir or sandbox_utils.ls",
    "mkdir": "use os.makedirs",
    "mv": "use shutil.move",
    "node": "run JavaScript in a sandbox of its own",
    "pandoc": "use jinja2, lxml and reportlab",
    "pdftotext": "use pypdf",
    "ping": "there is no network",
    "pip": "packages cannot be installed from inside; those that are there are listed by importlib.metadata",
    "pip3": "packages cannot be installed from inside; those that are there are listed by importlib.metadata",
    "pwd": "use os.getcwd()",
    "python": "use runpy.run_path(path) or exec(compile(...))",
    "python3": "use runpy.run_path(path) or exec(compile(...))",
    "rm": "use os.remove or shutil.rmtree",
    "sed": "use re.sub or sandbox_utils.sed",
    "sh": GENERAL,
    "sleep": "use time.sleep",
    "sort": "use sorted",
    "tail": "use collections.deque(file, maxlen=n) or sandbox_utils.tail",
    "tar": "use tarfile",
    "touch": "use Path.touch",
    "uname": "use platform",
    "unzip": "use zipfile",
    "wc": "use len or sandbox_utils.wc",
    "wget": "there is no network; ask for the data as a file in /app",
    "which": "use shutil.which",
    "whoami": "there are no users",
    "zip": "use zipfile",
}


def refuse(command: Any) -> NoReturn:
    """Raises the error for a command, given as a line or as a list."""
    words, shown = _split(command)
    name = os.path.basename(words[0]) if words else ""
    if name.startswith("python"):
        name = "pip" if words[1:3] == ["-m", "pip"] else "python"
    hint = HINTS.get(name, GENERAL)
    raise OSError(errno.ENOTSUP, f"there are no processes in the sandbox, so {shown!r} cannot run: {hint}")


def _split(command: Any) -> tuple[list[str], str]:
    if isinstance(command, (list, tuple)):
        words = [os.fsdecode(word) if isinstance(word, (str, bytes, os.PathLike)) else str(word) for word in command]
        return words, shlex.join(words)
    text = os.fsdecode(command)
    try:
        return shlex.split(text), text
    except ValueError:
        return text.split(), text


def _popen(self: subprocess.Popen, args: Any, *_: Any, **__: Any) -> NoReturn:
    self.returncode, self._child_created = None, False  # for its finaliser
    refuse(args)


def system(command: Any) -> NoReturn:
    """`os.system` and `os.popen`."""
    refuse(command)


def no_process(*_: Any, **__: Any) -> NoReturn:
    """What of `multiprocessing` cannot be done in line."""
    raise OSError(
        errno.ENOTSUP,
        "there are no processes in the sandbox: call the function directly; multiprocessing.Pool and "
        "concurrent.futures run their tasks in line",
    )


def install() -> None:
    """Makes the usual ways to a process raise this module's errors."""
    subprocess.Popen.__init__ = _popen
    os.system = system
    os.popen = lambda cmd, mode="r", buffering=-1: refuse(cmd)
    multiprocessing.cpu_count = lambda: 1
    for name in "Process Queue SimpleQueue JoinableQueue Pipe Manager Value Array Lock Event".split():
        setattr(multiprocessing, name, no_process)
