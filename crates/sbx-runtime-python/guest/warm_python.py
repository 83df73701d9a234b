"""Imports the standard library that programs use and does a little of everything with it.

Runs once, while an image is built. What a module makes on first use (compiled patterns, caches, lazily
imported helpers, specialised bytecode) is in the image then, and a program pays for its own work alone.
Nothing here may draw on entropy that stays cached in C, or all runs would share it: SQLite does so as soon as
a database is opened, so `sqlite3` is only imported.
"""

import abc
import argparse
import array
import ast
import asyncio
import base64
import binascii
import bisect
import bz2
import calendar
import cmath
import collections
import colorsys
import concurrent.futures
import configparser
import contextlib
import contextvars
import copy
import csv
import dataclasses
import datetime
import decimal
import difflib
import email.message
import enum
import fnmatch
import fractions
import functools
import getpass
import glob
import graphlib
import gzip
import hashlib
import heapq
import hmac
import html.parser
import http.client
import importlib.metadata
import importlib.resources
import inspect
import io
import itertools
import json
import linecache
import locale
import logging.handlers
import lzma
import math
import mimetypes
import numbers
import operator
import os
import pathlib
import pickle
import platform
import pprint
import queue
import random
import re
import secrets
import shlex
import shutil
import signal
import sqlite3
import statistics
import string
import struct
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import threading
import time
import timeit
import tomllib
import traceback
import types
import typing
import unicodedata
import unittest.mock
import urllib.parse
import urllib.request
import uuid
import warnings
import weakref
import xml.dom.minidom
import xml.etree.ElementTree
import zipfile
import zlib
import zoneinfo
from pathlib import Path

import _sbx_results


@dataclasses.dataclass(order=True, frozen=True)
class Point:
    x: int
    y: float = 0.0
    tags: list[str] = dataclasses.field(default_factory=list, compare=False)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Flags(enum.Flag):
    A = enum.auto()
    B = enum.auto()


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self) -> float: ...


class Square(Shape):
    def __init__(self, side: float) -> None:
        self.side = side

    @property
    def area(self) -> float:
        return self.side**2

    @functools.cached_property
    def label(self) -> str:
        return f"{self.side:>8.2f}|{self.side!r}"


def texts(folder: Path) -> None:
    """Strings, patterns, formats and parsers."""
    line = "2026-01-02 ERROR user=ann Total: 1,234.50 EUR <a@b.example>"
    re.findall(r"(\w+)@([\w.]+)", line)
    re.sub(r"\s+", " ", line)
    re.split(r"[,;|]\s*", "a, b;c")
    re.compile(r"^(?P<date>\d{4}-\d\d-\d\d)\s+(?P<level>[A-Z]+)", re.MULTILINE | re.IGNORECASE).search(line).groupdict()
    "{:>10}|{:,.2f}|{:%}".format("x", 1234.5, 0.5)
    string.Template("$who").substitute(who="me")
    textwrap.fill(textwrap.dedent("    some words " * 20), 40)
    unicodedata.normalize("NFKD", "é")
    json.loads(json.dumps({"a": [1, 2.5, None, True, "é"]}, indent=2, sort_keys=True))
    csv.DictWriter(out := io.StringIO(), ["a", "b"]).writerows([{"a": 1, "b": "x,y"}])
    list(csv.DictReader(io.StringIO("a,b\n1,2\n")))
    csv.reader(out)
    tree = xml.etree.ElementTree.fromstring("<r><a k='1'>t</a></r>")
    xml.etree.ElementTree.tostring(tree, encoding="unicode")
    [node.text for node in tree.iter("a")]
    xml.dom.minidom.parseString("<r/>").toprettyxml()
    html.unescape(html.escape("<&>"))
    html.parser.HTMLParser().feed("<p class='x'>t</p>")
    urllib.parse.urlparse("https://e.example/p?q=1#f")
    urllib.parse.urlencode({"q": "a b"})
    urllib.parse.parse_qs("a=1&b=2")
    configparser.ConfigParser().read_string("[s]\nk = v\n")
    tomllib.loads("a = 1\n[b]\nc = 'x'\n")
    list(difflib.unified_diff(["a\n"], ["b\n"]))
    shlex.split("a 'b c'")
    pprint.pformat({"k": list(range(30))})
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=1)
    parser.parse_args(["--n", "2"])
    base64.b64encode(b"data")
    binascii.hexlify(b"data")
    struct.unpack("<IHb", struct.pack("<IHb", 1, 2, 3))
    hashlib.sha256(b"x").hexdigest()
    hashlib.md5(b"x").hexdigest()
    hmac.new(b"k", b"m", "sha256").hexdigest()
    logging.getLogger("warm").warning("shown %s", "once")
    ast.unparse(ast.parse("x = [i for i in range(3)]"))
    ast.literal_eval("{'a': [1, 2]}")
    inspect.signature(Point)
    typing.get_type_hints(Point)


def numbers_and_collections() -> None:
    """Arithmetic, containers, iteration, dates."""
    decimal.Decimal("1.10").quantize(decimal.Decimal("0.1"))
    fractions.Fraction(1, 3) + 1
    statistics.mean([1, 2, 3]), statistics.stdev([1, 2, 3]), statistics.median([1, 2, 3])
    math.sqrt(2), math.factorial(20), math.gcd(12, 18), math.isclose(0.1 + 0.2, 0.3)
    cmath.sqrt(-1)
    collections.Counter("hello").most_common(2)
    groups = collections.defaultdict(list)
    for key, value in [("a", 1), ("b", 2), ("a", 3)]:
        groups[key].append(value)
    collections.deque(range(5), maxlen=3).rotate(1)
    collections.namedtuple("Row", "a b")(1, 2)._asdict()
    collections.OrderedDict(a=1).move_to_end("a")
    collections.ChainMap({"a": 1}, {"b": 2})["b"]
    list(itertools.permutations(range(3)))
    list(itertools.combinations(range(4), 2))
    [list(group) for _, group in itertools.groupby(sorted([3, 1, 3]))]
    list(itertools.accumulate([1, 2, 3], operator.mul))
    list(itertools.chain([1], itertools.islice(itertools.count(), 3), zip([1], [2])))
    functools.reduce(operator.add, [1, 2, 3])
    heap = [3, 1, 2]
    heapq.heapify(heap)
    heapq.heappush(heap, 0)
    heapq.nsmallest(2, heap)
    bisect.insort([1, 3], 2)
    copy.deepcopy({"a": [1, {2}]})
    pickle.loads(pickle.dumps([1, "x", {2.0}]))
    sorted([Point(2), Point(1)])
    dataclasses.asdict(dataclasses.replace(Point(1), y=2.0))
    Colour("red"), Flags.A | Flags.B, [member.name for member in Colour]
    Square(2.0).area, Square(2.0).label

    @functools.lru_cache(maxsize=None)
    def fibonacci(n: int) -> int:
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    fibonacci(30)
    match {"kind": "point", "at": (1, 2)}:
        case {"kind": "point", "at": (x, y)} if x < y:
            pass
    now = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    now.isoformat(), now.strftime("%Y-%m-%d %H:%M:%S %A"), now + datetime.timedelta(days=1)
    datetime.datetime.strptime("2026-01-02", "%Y-%m-%d")
    datetime.datetime.fromisoformat("2026-01-02T03:04:05+00:00")
    now.astimezone(zoneinfo.ZoneInfo("Europe/Paris"))
    datetime.date.today(), datetime.datetime.now(), time.time(), time.perf_counter(), time.localtime()
    calendar.monthrange(2026, 2)
    random.seed(1)
    random.random(), random.randint(1, 6), random.choice("abc"), random.shuffle([1, 2, 3]), random.sample(range(9), 3)
    random.gauss(0, 1), random.choices("ab", weights=[1, 2], k=3)
    uuid.uuid4(), secrets.token_hex(4)


def files(folder: Path) -> None:
    """Reading, writing, listing, packing."""
    path = folder / "a.txt"
    path.write_text("line\n" * 3)
    with open(path, encoding="utf-8") as file:
        [line.strip() for line in file]
    with open(folder / "b.bin", "wb") as file:
        file.write(b"\x00\x01")
    (folder / "sub" / "deep").mkdir(parents=True, exist_ok=True)
    sorted(folder.rglob("*")), list(folder.glob("*.txt")), glob.glob(str(folder / "*"))
    path.stat().st_size, path.suffix, path.exists(), path.with_suffix(".md"), os.path.join("a", "b")
    os.listdir(folder), list(os.walk(folder)), list(os.scandir(folder)), os.path.getsize(path)
    shutil.copy(path, folder / "c.txt")
    shutil.move(folder / "c.txt", folder / "d.txt")
    os.rename(folder / "d.txt", folder / "e.txt")
    with zipfile.ZipFile(folder / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "a.txt")
    with zipfile.ZipFile(folder / "z.zip") as archive:
        archive.read("a.txt")
    with tarfile.open(folder / "t.tar.gz", "w:gz") as archive:
        archive.add(path, "a.txt")
    gzip.decompress(gzip.compress(b"x" * 100))
    zlib.decompress(zlib.compress(b"x" * 100))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(ValueError):
        print("hidden", 1, 2.5, [1], sep=", ")
    mimetypes.guess_type("a.csv")


def helpers() -> None:
    """What the sandbox adds: shell-like helpers, threads in line, values to be shown."""
    import sandbox_utils as utils

    home = Path("/app/warm")
    utils.mkdir("warm/sub")
    utils.echo("a,b\n1,2", "warm/t.csv")
    utils.csv_to_json("warm/t.csv", "warm/t.json")
    utils.json_to_csv("warm/t.json"), utils.xml_to_dict("<r><a k='1'>t</a></r>")
    utils.grep("1", utils.find("*.csv")), utils.sed("a", "b", "a"), utils.tree(), utils.ls("warm", long=True)
    utils.cat("warm/t.csv"), utils.head("warm/t.csv"), utils.tail("warm/t.csv"), utils.wc("warm/t.csv")
    utils.group_by([1, 2], lambda n: n % 2), utils.unique([1, 1]), utils.sort_by([2, 1], abs), list(utils.chunk([1], 2))
    utils.cp("warm/t.csv", "warm/u.csv"), utils.mv("warm/u.csv", "warm/sub"), utils.diff("warm/t.csv", "warm/t.json")
    utils.rm(home, recursive=True)
    thread = threading.Thread(target=len, args=("x",))
    thread.start()
    thread.join()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(len, ["x", "y"])), pool.submit(len, "x").result()
    _sbx_results.bundle(Point(1))


async def wait_together() -> None:
    """The parts of asyncio that programs use."""

    async def worker(queue: asyncio.Queue, found: list) -> None:
        while True:
            found.append(await queue.get())
            queue.task_done()

    queue, found = asyncio.Queue(), []
    task = asyncio.create_task(worker(queue, found))
    for n in range(3):
        await queue.put(n)
    await queue.join()
    task.cancel()
    await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0.001, 2), task, return_exceptions=True)
    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0))
    async with asyncio.Lock(), asyncio.Semaphore(1):
        await asyncio.wait_for(asyncio.to_thread(len, "x"), 1)


def errors() -> None:
    """Exceptions and how they are shown, with the suggestions that CPython looks for."""

    def fail_deeper() -> None:
        try:
            {}["missing"]
        except KeyError as error:
            error.add_note("a note")
            raise ValueError("outer") from error

    for broken in ("undefined_nam", "[].appendd", "import jsom", "'a' + 1", "int('x')", "open('/nowhere')", "x = = 1"):
        try:
            exec(compile(broken, "<warm>", "exec"), {"undefined_name": 1})
        except Exception:
            traceback.format_exc()
    try:
        fail_deeper()
    except ValueError:
        traceback.print_exc(file=io.StringIO())
    try:
        raise ExceptionGroup("several", [ValueError("a"), TypeError("b")])
    except* ValueError:
        pass
    except* TypeError:
        pass
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        warnings.warn("careful", DeprecationWarning, stacklevel=1)


for _ in range(3):
    with tempfile.TemporaryDirectory() as name:
        texts(Path(name))
        files(Path(name))
    helpers()
    numbers_and_collections()
    errors()
    asyncio.run(wait_together())

decimal.getcontext().clear_flags()
logging.Logger.manager.loggerDict.pop("warm", None)
