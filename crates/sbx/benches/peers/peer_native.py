"""The plain interpreters in processes. Argument: `plain`, `bwrap` (under bubblewrap), or `fork` (of a warm python3)."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time

from serve import Cannot, Peer, serve

TURNS = {
    "python": "import json, sys\nnames = {}\nfor line in sys.stdin:\n"
    "    exec(json.loads(line), names)\n    print('.', file=sys.stderr, flush=True)",
    "javascript": "const vm = require('vm'); require('readline').createInterface({ input: process.stdin })"
    ".on('line', (line) => { vm.runInThisContext(JSON.parse(line)); process.stderr.write('.\\n') })",
}


class Plain(Peer):
    before: tuple[str, ...] = ()

    def cold(self, language, code):
        if language == "python":
            return [*self.before, sys.executable, "-I", "-c", code]
        return [*self.before, shutil.which("node"), "-e", code]

    def run(self, language, code, seconds=None):
        done = subprocess.run(self.cold(language, code), capture_output=True, text=True, timeout=seconds)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    def limited(self, language, code, seconds):
        try:
            self.run(language, code, seconds)
        except subprocess.TimeoutExpired:
            return

    def live(self, language, setup):
        return Live(self.cold(language, TURNS[language]), setup)

    def keep(self, language, setup):
        raise Cannot("an interpreter ends with its process")


class Live:
    def __init__(self, argv, setup):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(argv, text=True, **pipes)
        self.turn(setup)

    def turn(self, code):
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        answer = self.process.stderr.readline()
        if answer != ".\n":
            raise RuntimeError(answer.strip())


class Bubblewrap(Plain):
    """No network, no other processes, an empty /tmp, and of the host's files only what the interpreters need, read-only."""

    def __init__(self):
        folders = ["/usr", "/lib", "/lib64", "/bin", sys.base_prefix, sys.prefix]
        bound = [word for folder in folders for word in ("--ro-bind-try", folder, folder)]
        alone = ["--unshare-all", "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev"]
        environment = ["--clearenv", "--setenv", "PATH", "/usr/bin:/bin"]
        self.before = ("bwrap", "--tmpfs", "/tmp", *bound, *alone, *environment, "--chdir", "/tmp")
        tried = subprocess.run([*self.before, "true"], capture_output=True, text=True)
        if tried.returncode != 0:
            self.before = ()
            self.problem = tried.stderr.strip()

    def cold(self, language, code):
        if not self.before:
            raise Cannot(f"bwrap does not work here: {self.problem}")
        return super().cold(language, code)


class Fork(Peer):
    """A process with pandas imported forks for each program: fast, and kept apart by nothing but being a process."""

    def __init__(self):
        import pandas  # noqa: F401 - what the children find imported

    def cold(self, language, code):
        python_only(language)
        raise Cannot("a new process has nothing to fork from")

    def run(self, language, code):
        python_only(language)
        return self.wait(self.start(code), None)

    def limited(self, language, code, seconds):
        python_only(language)
        self.wait(self.start(code), seconds)

    def many(self, code, n, threads):
        running = []
        for _ in range(n):
            running.append(self.start(code))
            if len(running) == threads:
                self.wait(running.pop(0), None)
        for child in running:
            self.wait(child, None)

    def live(self, language, setup):
        python_only(language)
        return LiveFork(setup)

    @staticmethod
    def start(code):
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(theirs, 1)
            sys.stdout = os.fdopen(1, "w")
            in_child(code, {"__name__": "__main__"})
            os._exit(0)
        os.close(theirs)
        return child, ours

    @staticmethod
    def wait(started, seconds):
        child, ours = started
        if seconds is not None and not select.select([ours], [], [], seconds)[0]:
            os.kill(child, signal.SIGKILL)
        with os.fdopen(ours) as output:
            printed = output.read()
        os.waitpid(child, 0)
        return printed


class LiveFork:
    def __init__(self, setup):
        (theirs, self.ask), (self.answers, ours) = os.pipe(), os.pipe()
        if os.fork() == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            names, requests = {}, os.fdopen(theirs)
            os.close(self.ask)
            for line in requests:
                in_child(json.loads(line), names)
                os.write(ours, b".")
            os._exit(0)
        os.close(theirs)
        os.close(ours)
        self.turn(setup)

    def turn(self, code):
        os.write(self.ask, (json.dumps(code) + "\n").encode())
        if os.read(self.answers, 1) != b".":
            raise RuntimeError("the child ended")


def in_child(code, names):
    try:
        exec(code, names)
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - a child must not go on as its parent
        os.write(2, f"{error}\n".encode())
        os._exit(1)


def python_only(language):
    if language != "python":
        raise Cannot("Python only")


serve({"plain": Plain, "bwrap": Bubblewrap, "fork": Fork}[sys.argv[1]]())
