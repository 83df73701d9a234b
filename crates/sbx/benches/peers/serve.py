"""What the runners of peers share: requests as lines of JSON in, answers as lines of JSON out.

`cargo xtask bench --peers` starts one runner for each peer and asks it for a few samples at a time, so that all take turns
on the same machine. A runner says how its peer does three things, each as its documentation recommends:

* `run(language, code)`: a fresh, isolated interpreter runs the program and is thrown away; gives what it printed;
* `live(language, setup)`: an interpreter that goes on from turn to turn, with `turn(code)`;
* `keep(language, setup)`: the same, each turn safe from the end of the process before it is done.

What a peer does not offer raises `Cannot`, whose text stands in the report.
"""

import json
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor


class Cannot(Exception):
    """The peer does not offer that; the text says why."""


class Peer:
    """A peer that can do nothing; the real ones override what they can."""

    def cold(self, language: str, code: str) -> list[str]:
        """The command that runs a program in a new process."""
        raise Cannot("it has no such form")

    def run(self, language: str, code: str) -> str:
        raise Cannot("it does not run this language")

    def limited(self, language: str, code: str, seconds: float) -> None:
        """Runs a program that never ends under a time limit."""
        raise Cannot("it has no time limit")

    def live(self, language: str, setup: str):
        raise Cannot("it keeps no interpreter")

    def keep(self, language: str, setup: str):
        raise Cannot("it cannot store an interpreter")

    def many(self, code: str, n: int, threads: int) -> None:
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(lambda _: self.run("python", code), range(n)):
                pass


class Runner:
    """Answers requests about one peer."""

    def __init__(self, peer: Peer):
        self.peer = peer
        self.turns: dict[tuple, object] = {}
        self.held: list[object] = []

    def answer(self, request: dict) -> dict:
        return getattr(self, "do_" + request["do"])(request)

    def do_cold(self, request: dict) -> dict:
        return {"argv": self.peer.cold(request["language"], request["code"])}

    def do_run(self, request: dict) -> dict:
        seconds, printed = [], ""
        for _ in range(request["n"]):
            started = time.perf_counter()
            printed = self.peer.run(request["language"], request["code"])
            seconds.append(time.perf_counter() - started)
        return {"seconds": seconds, "printed": printed}

    def do_limited(self, request: dict) -> dict:
        started = time.perf_counter()
        self.peer.limited(request["language"], request["code"], request["limit"])
        return {"seconds": [time.perf_counter() - started]}

    def do_turn(self, request: dict) -> dict:
        return self.timed_turns(request, self.peer.live)

    def do_kept_turn(self, request: dict) -> dict:
        return self.timed_turns(request, self.peer.keep)

    def timed_turns(self, request: dict, open_one) -> dict:
        key = (request["do"], request["language"])
        if key not in self.turns:
            self.turns[key] = open_one(request["language"], request["setup"])
        seconds = []
        for _ in range(request["n"]):
            started = time.perf_counter()
            self.turns[key].turn(request["code"])
            seconds.append(time.perf_counter() - started)
        return {"seconds": seconds}

    def do_many(self, request: dict) -> dict:
        started = time.perf_counter()
        self.peer.many(request["code"], request["n"], request["threads"])
        return {"seconds": [time.perf_counter() - started]}

    def do_hold(self, request: dict) -> dict:
        for _ in range(request["n"]):
            self.held.append(self.peer.live(request["language"], request["setup"]))
        return {"held": len(self.held)}


def telling_line(text: str) -> str:
    """The line of a traceback that says what happened, which WebAssembly's own backtrace can follow."""
    lines = [line.strip() for line in text.strip().splitlines()] or ["it failed"]
    named = [line for line in lines if re.match(r"(\w+: )?\w*(Error|Exception)\b", line)]
    return (named or lines)[-1][:200]


def serve(peer: Peer) -> None:
    # Peers print to standard output as they like; answers go where it led before.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    runner = Runner(peer)
    for line in sys.stdin:
        try:
            answer = runner.answer(json.loads(line))
        except Cannot as reason:
            answer = {"cannot": str(reason)}
        except Exception as error:  # noqa: BLE001 - whatever a peer fails at belongs in the report
            answer = {"failed": telling_line(str(error))}
        print(json.dumps(answer), file=answers, flush=True)
    # Without tidying up: a peer that does not end would keep the bench waiting.
    os._exit(0)
