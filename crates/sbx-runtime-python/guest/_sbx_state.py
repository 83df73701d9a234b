"""Brings an interpreter that was restored from an image up to date: entropy, environment, streams.

An image is one moment of one interpreter, and every run that starts from it wakes up in that same
moment. What must differ from run to run is put right here, cheaply, because it is paid by each run.
"""

import gc
import io
import logging
import os
import random
import stat
import sys
import tempfile
import time
import uuid

BASE_ENV = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "PYTHONTZPATH": "",
    "TMPDIR": "/tmp",
    "USER": "sandbox",
}
"""What `os.environ` holds in every run, below what the caller's policy adds."""

SEARCH_PATH = ("/app", "/usr/local/lib/python315.zip", "/usr/local/lib/site-packages", "/app/site-packages", "/data/site-packages")
"""`sys.path`: the workspace first, as a script's own folder is, and vendored packages last."""

# Bound once: guest code can rebind or delete what hangs on these modules.
_environ = os.environ
_encode, _decode = _environ.encodevalue, _environ.decodevalue
_tempdir = tempfile.tempdir
_random = random._inst
_seed_random = super(random.Random, _random).seed  # in C, below the method that reads builtins
_modules = sys.modules
_finders = sys.path_importer_cache
_now_ns = time.time_ns
_GUEST_FOLDERS = tuple(entry for entry in SEARCH_PATH if not entry.endswith(".zip"))
MAX_DESCRIPTOR = 256
"""How far `open_files` looks; WASI gives out the lowest free number."""

MAX_HOLE_BYTES = 1 << 20
"""The largest free block that `close_holes` takes; a larger one serves many allocations anyway."""

# What a block can take beyond its bytes: 17 of the object, 4 of the allocator, and 15 to round up to 16.
_BLOCK_OVERHEAD = 36

_WRITERS = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)

# The streams of ours, whatever stands in `sys` at the moment. Each line reaches the host when it ends: a program that is
# cut off keeps what it printed, and one that is watched takes the same fuel as one that is not.
stdout, stderr = sys.stdout, sys.stderr
stdout.reconfigure(line_buffering=True)
stdin_used = False
"""Whether the last turn had something to read, of which some may be left in `sys.stdin`."""

_holes: list[bytes] = []


def reseed(seed: str) -> None:
    """Replaces all entropy that the interpreter has cached.

    `seed` is hexadecimal and always equally long. The leading one keeps the number of digits, and
    with it the fuel, the same for all seeds.
    """
    number = int("1" + seed, 16)
    _seed_random(number)
    _random.gauss_next = None
    numpy_random = _modules.get("numpy.random.mtrand")
    if numpy_random is not None:
        try:
            # numpy takes 32 bits; the first digit is fixed for the same reason.
            numpy_random._rand.seed(int("8" + seed[-7:], 16))
        except Exception:  # a half-imported or overwritten numpy is the guest's own affair
            pass
    tempfile._name_sequence = None
    uuid._node = uuid._last_timestamp = uuid._last_timestamp_v6 = uuid._last_timestamp_v7 = None
    uuid._last_counter_v7 = 0
    logging._startTime = _now_ns()


def apply_env(env: dict[str, str]) -> None:
    """Makes `os.environ` hold `BASE_ENV` and `env`, nothing else."""
    os.environ = _environ
    wanted = {_encode(key): _encode(value) for key, value in (BASE_ENV | env).items()}
    present = _environ._data
    if present == wanted:
        return
    for key in present.keys() - wanted.keys():
        del _environ[_decode(key)]
    for key, value in wanted.items():
        if present.get(key) != value:
            _environ[_decode(key)] = _decode(value)
    tempfile.tempdir = _tempdir if "TMPDIR" not in env else None
    if "PYTHONTZPATH" in env and "zoneinfo" in _modules:
        _modules["zoneinfo"].reset_tzpath()


def enter(folder: str) -> None:
    """Makes `folder` the workspace: the working directory, and the first place to import from."""
    os.chdir(folder)
    sys.path[0] = folder


def repair() -> None:
    """Puts back a standard stream that an earlier turn deleted or closed, and keeps one it replaced.

    Also drops import listings of folders whose files the host may have changed between two turns.
    """
    global stdout, stderr
    if _is_dead(stdout):
        stdout = sys.__stdout__ = _writer(1, "<stdout>", "surrogateescape")
    if _is_dead(stderr):
        stderr = sys.__stderr__ = _writer(2, "<stderr>", "backslashreplace")
    if not _usable("stdout"):
        sys.stdout = stdout
    if not _usable("stderr"):
        sys.stderr = stderr
    if not _usable("stdin"):
        fresh_stdin()
    for folder in _GUEST_FOLDERS:
        _finders.pop(folder, None)


def fresh_stdin() -> None:
    """Gives `sys.stdin` a new reader over descriptor 0, so that nothing of an earlier input is left."""
    raw = io.FileIO(0, "r", closefd=False)
    raw.name = "<stdin>"
    text = io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8", errors="surrogateescape")
    text.mode = "r"
    sys.stdin = sys.__stdin__ = text


def flush_stdout() -> None:
    """Flushes our stdout while guest code has put another in front of it.

    The reactor flushes whatever `sys.stdout` is when the turn ends.
    """
    try:
        stdout.flush()
    except Exception:  # closed or taken apart: what was in it is gone
        pass


def write_stderr(text: str) -> None:
    """Writes `text` where a traceback belongs, whatever the guest did to `sys.stderr`."""
    try:
        sys.stderr.write(text)
        return
    except BaseException:  # closed, deleted or overwritten: fall through to the descriptor
        pass
    os.write(2, text.encode("utf-8", "backslashreplace"))


def flush_files() -> None:
    """Flushes the files that guest code left open, as leaving the interpreter would.

    The host asks for it when descriptors are still open for writing at the end of a run.
    """
    layers = [obj for obj in gc.get_objects() if issubclass(type(obj), _WRITERS)]
    layers.sort(key=lambda obj: not issubclass(type(obj), io.TextIOWrapper))  # text over bytes
    for obj in layers:
        try:
            if not obj.closed and obj.writable():
                obj.flush()
        except Exception:  # as at interpreter exit: a full disk here has nobody left to tell
            pass


def close_holes() -> None:
    """Takes up the free blocks that building an image left all over memory, for good.

    The next allocations then come one after another out of one large block, and share a few pages.
    Goes from large to small: what is left of size for one block only is a hole, and two blocks in a row
    that lie side by side were cut from something larger than any hole.
    """
    size = MAX_HOLE_BYTES
    while size > 0:
        block, following = bytes(size), bytes(size)
        while not 0 < id(following) - id(block) <= size + _BLOCK_OVERHEAD:
            _holes.append(block)
            block, following = following, bytes(size)
        # Finer towards the small sizes, of which there are most.
        size -= size // 4 if size > 4096 else 16 if size > 16 else 8


def open_files() -> list[int]:
    """The descriptors of regular files: an image must not hold any, since only memory is captured."""
    found = []
    for fd in range(3, MAX_DESCRIPTOR):
        try:
            if stat.S_ISREG(os.fstat(fd).st_mode):
                found.append(fd)
        except OSError:
            pass
    return found


def _is_dead(stream: io.TextIOWrapper) -> bool:
    """Whether a stream of ours was closed or taken apart: a detached one raises when it is asked."""
    try:
        return stream.closed or not stream.writable()
    except Exception:
        return True


def _usable(name: str) -> bool:
    try:
        stream = getattr(sys, name)
        return stream is not None and not getattr(stream, "closed", False)
    except Exception:
        return False


def _writer(fd: int, name: str, errors: str) -> io.TextIOWrapper:
    raw = io.FileIO(fd, "w", closefd=False)
    raw.name = name
    buffer = io.BufferedWriter(raw)
    text = io.TextIOWrapper(buffer, encoding="utf-8", errors=errors, newline="\n", line_buffering=True)
    text.mode = "w"
    return text
