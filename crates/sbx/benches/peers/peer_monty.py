"""pydantic-monty: a pool of warm worker processes; each checkout is a fresh session."""

import os
import sysconfig

from pydantic_monty import Monty
from serve import Cannot, Peer, serve


class MontyPool(Peer):
    def __init__(self):
        cores = os.cpu_count() or 1
        self.pool = Monty(min_processes=cores, max_processes=200)
        self.pool.__enter__()

    def cold(self, language, code):
        python_only(language)
        program = sysconfig.get_path("scripts") + "/monty"
        return [program, "-c", code]

    def run(self, language, code):
        python_only(language)
        printed = []
        with self.pool.checkout() as session:
            session.feed_run(code, print_callback=lambda _stream, text: printed.append(text))
        return "".join(printed)

    def limited(self, language, code, seconds):
        python_only(language)
        with self.pool.checkout(limits={"max_feed_duration_secs": seconds}) as session:
            try:
                session.feed_run(code)
            except Exception:  # noqa: BLE001 - the limit's own exception
                return
        raise RuntimeError("it ended by itself")

    def live(self, language, setup):
        python_only(language)
        return Live(self.pool, setup)

    def keep(self, language, setup):
        python_only(language)
        return Kept(self.pool, setup)


class Live:
    def __init__(self, pool, setup):
        self.session = pool.checkout().__enter__()
        self.turn(setup)

    def turn(self, code):
        self.session.feed_run(code)


class Kept(Live):
    """The session is dumped after each turn, to a file that replaces the one before it."""

    def turn(self, code):
        super().turn(code)
        with open("monty.new", "wb") as file:
            file.write(self.session.dump())
            file.flush()
            os.fsync(file.fileno())
        os.replace("monty.new", "monty.session")


def python_only(language):
    if language != "python":
        raise Cannot("Python only")


serve(MontyPool())
