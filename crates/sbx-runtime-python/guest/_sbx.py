"""Answers the host's requests inside the guest: runs a turn's code, checks code, ends the building of an image.

The reactor that the guest ships runs each turn's text as Python in `__main__`. Parsing a request as
Python costs more than most programs do, and `__main__` is the guest's to break. So the first import of
this module takes over the reactor's turn function, and a turn whose text starts with `MAGIC` is a request:

    MAGIC json-object "\n" code

The object's `op` names a function of `_OPERATIONS`, its other members are that function's keyword
arguments, and the code is taken verbatim. Any other text stays a plain turn of the reactor. `README.md`
beside this file is the whole protocol.

Everything needed during a turn is bound when this module is made, together with a private copy of
`builtins` (`install.py`): guest code may delete modules or replace builtins, and the next turn must run.
"""

import _ast
import _reactor
import _sitebuiltins
import atexit
import builtins
import gc
import json
import linecache
import os
import re
import sys
from types import CodeType
from typing import Any

import _host
import _sbx_asyncio
import _sbx_report as report
import _sbx_results as results
import _sbx_shims
import _sbx_state as state
import _sbx_threads as threads

MAGIC = "\x01"
"""Starts a request. No Python program can: the tokenizer refuses the character."""

REHEARSALS = 8
"""How often `seal` walks through the usual turns: enough for their bytecode to be specialised."""

_VALID = b'\x00{"v":1,"status":"valid"}'

_AWAIT = _ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_TREE = _ast.PyCF_ONLY_AST | _AWAIT
_COROUTINE = 0x80  # inspect.CO_COROUTINE
_FUTURES = 0xFFFF0000 & 0x1FFFFFF  # the bits of co_flags that `from __future__` sets

# What cannot start a statement at column 0, so that the line belongs to one that began above it.
_INSIDE = frozenset(" \t\r\f#)]}")
_joins = re.compile(r"(?:else|elif|except|finally)\b").match
# What no expression starts with.
_states = re.compile(
    r"(?:import|from|def|class|for|while|if|with|try|raise|pass|del|assert|global|async)\b"
    r"|[^\W\d][\w.]*\s*(?:[-+*/%&|^@]|//|\*\*|<<|>>)?=(?!=)"
).match

_door = _host.call
_decode = json.JSONDecoder().scan_once
_plain_turn = _reactor._run_turn
_default_hook = sys.excepthook
_cached_lines = linecache.cache
_sys = sys.__dict__
_modules = sys.modules
_main = _modules["__main__"]
_namespace = _main.__dict__
_pristine = dict(_namespace)
_used = False  # whether guest code has run since the image was sealed


def run(
    code: str,
    name: str = "<string>",
    main_file: str | None = None,
    argv: list[str] | None = None,
    env: dict[str, str] | None = None,
    cwd: str | None = None,
    seed: str | None = None,
    stdin: bool = False,
    echo: bool = False,
    figures: str = "png",
    at_exit: bool = False,
) -> None:
    """Runs `code` in `__main__` and reports how it ended.

    `name` is the file name in tracebacks, `main_file` becomes `__file__`, `argv` becomes `sys.argv`,
    `env` stands in `os.environ` above `BASE_ENV`, `cwd` is where the workspace is, `seed` (hexadecimal,
    always equally long) replaces cached entropy. `stdin` says that there is something to read; what an
    earlier turn left of its own is forgotten. With `echo` the last expression's value goes to `sys.displayhook` and not
    into the report. `figures` is how open figures are drawn: `png`, `svg`, or `none`. `at_exit` runs what was
    registered with `atexit`.
    """
    global _used
    answer = report.OK
    try:
        if _used:
            _repair()
        else:
            _used = True
        if seed is not None:
            state.reseed(seed)
        if env is not None:
            state.apply_env(env)
        if cwd is not None:
            state.enter(cwd)
        if argv is not None:
            sys.argv = argv
        if main_file is not None:
            _namespace["__file__"] = main_file
        if stdin or state.stdin_used:
            state.fresh_stdin()
            state.stdin_used = stdin
        results.begin(figures)

        if code[:1] == "\ufeff":  # a byte order mark, which CPython drops from files
            code = code[1:]
        _cached_lines[name] = (len(code), None, code.splitlines(True), name)
        try:
            value = _execute(*_compile(code, name))
        finally:
            threads.finish()
        if value is not None:
            if echo:
                sys.displayhook(value)
            else:
                results.add(value)
    except SystemExit as error:
        answer = report.exited(_exit_code(error))
    except BaseException as error:
        try:
            answer = _fail(error, name)
        except BaseException as second:
            answer = report.OUT_OF_MEMORY if isinstance(second, MemoryError) else report.UNREPORTABLE
    if at_exit and atexit._ncallbacks():
        atexit._run_exitfuncs()
    shown = None
    try:
        shown = results.end()
    except BaseException as error:  # no memory for a picture: what the program did counts
        state.write_stderr(f"the results cannot be shown: {report.kind_of(error)}\n")
    if _sys.get("stdout") is not state.stdout:
        state.flush_stdout()
    _send(answer, shown)


def validate(code: str, name: str = "<string>") -> None:
    """Reports whether `code` compiles, and runs nothing of it."""
    try:
        _cached_lines[name] = (len(code), None, code.splitlines(True), name)
        compile(code, name, "exec", _AWAIT, True)
    except BaseException as error:
        report.trim(error, name)
        answer = report.failed(error, report.show(error), name)
    else:
        answer = _VALID
    _send(answer)


def warm(code: str, name: str = "<warm>") -> None:
    """Runs `code` while an image is built, in a namespace of its own, which is dropped afterwards."""
    namespace = {"__name__": "_sbx_warm", "__builtins__": builtins}
    try:
        _cached_lines[name] = (len(code), None, code.splitlines(True), name)
        exec(compile(code, name, "exec", 0, True), namespace)
        answer = report.OK
    except BaseException as error:
        answer = _fail(error, name)
    namespace.clear()
    _send(answer)


def seal(code: str = "", keep: bool = False) -> None:
    """Ends the building of an image, so that a run which starts from it writes to few of its pages.

    With `keep` the names that the turns before it left in `__main__` are in the image, with the source lines that
    tracebacks show; else `__main__` is as a script finds it.

    Those pages are shared, and copying the ones it writes to is most of what a short run costs. CPython
    writes where it counts references, specialises bytecode and takes memory from free lists, so all of
    that is settled here. Traces of the build are removed.
    """
    atexit._clear()
    kept = dict(_namespace) if keep else {}
    lines = {name: _cached_lines[name] for name in _cached_lines} if keep else {}
    if keep:
        _namespace.clear()
        _namespace.update(_pristine)
    for samples in (_SAMPLES, _SAMPLES, _SAMPLES[:1]):
        # A full collection also empties CPython's own free lists, whose blocks lie anywhere.
        gc.collect()
        gc.freeze()
        state.close_holes()
        _rehearse(samples)
        _clean_up()
    _namespace.update(kept)
    _cached_lines.update(lines)
    left_open = state.open_files()
    problem = f"the image would lose these open files: descriptors {left_open}" if left_open else threads.left_over()
    if problem:
        error = RuntimeError(problem)
        _send(report.failed(error, report.show(error), ""))
    else:
        _send(report.OK)


def _dispatch(text: str, turn_name: str) -> None:
    """Stands in for the reactor's own turn function."""
    if text[:1] != MAGIC:
        return _plain_turn(text, turn_name)
    end = text.index("\n")
    request = _decode(text, 1)[0]
    _OPERATIONS[request.pop("op")](text[end + 1 :], **request)


def _compile(code: str, name: str) -> tuple[CodeType | None, CodeType | None, bool]:
    """Compiles `code` into what to execute first, a last part to evaluate, and whether either awaits.

    The plain way to find a last expression is through a syntax tree, which costs more than compiling
    does. So a guess at where the last statement starts is compiled on its own, and what is before it
    on its own. If both succeed, the guess was right: text that is complete up to a line start leaves
    no bracket, string or line continuation open. If one fails, the tree decides, and makes the error.
    """
    if "__future__" not in code:
        start = _last_statement(code)
        last = code[start:] if start else code
        states = _states(last)
        if not (states and ";" in last):
            try:
                if start:
                    last = "\n" * code.count("\n", 0, start) + last
                last = compile(last, name, "exec" if states else "eval", _AWAIT, True)
                if not start:
                    return None, last, bool(last.co_flags & _COROUTINE)
                first = compile(code[:start], name, "exec", _AWAIT, True)
                return first, last, bool((first.co_flags | last.co_flags) & _COROUTINE)
            except Exception:
                pass
    tree = compile(code, name, "exec", _TREE, True)
    last = None
    if tree.body and type(tree.body[-1]) is _ast.Expr:
        last = _ast.Expression(tree.body.pop().value)
    first = compile(tree, name, "exec", _AWAIT, True)
    flags = first.co_flags
    if last is not None:
        last = compile(last, name, "eval", _AWAIT | flags & _FUTURES, True)
        flags |= last.co_flags
    return first, last, bool(flags & _COROUTINE)


def _last_statement(code: str) -> int:
    """Where the last statement at column 0 seems to start."""
    end = len(code)
    while True:
        start = code.rfind("\n", 0, end) + 1
        if start < end and code[start] not in _INSIDE and not _joins(code, start):
            return start
        if start == 0:
            return 0
        end = start - 1


def _execute(first: CodeType | None, last: CodeType | None, awaits: bool) -> Any:
    """Runs both parts; the value of the last one."""
    if awaits:
        return _sbx_asyncio.run(_execute_async(first, last))
    if first is not None:
        exec(first, _namespace)
    return None if last is None else eval(last, _namespace)


async def _execute_async(first: CodeType | None, last: CodeType | None) -> Any:
    """Runs both parts on the event loop, since a task that one makes may be what the other awaits."""
    value = None
    for part in (first, last):
        if part is not None:
            value = eval(part, _namespace)
            if part.co_flags & _COROUTINE:
                value = await value
    return value


def _fail(error: BaseException, name: str) -> bytes:
    """Shows an uncaught exception as CPython does and makes the report of it."""
    report.trim(error, name)
    text = report.show(error)
    hook = getattr(sys, "excepthook", _default_hook)
    if hook is _default_hook:
        state.write_stderr(text)
    else:
        try:
            hook(type(error), error, error.__traceback__)
        except BaseException as second:
            report.trim(second, name)
            shown = report.show(second)
            state.write_stderr(f"Error in sys.excepthook:\n{shown}\nOriginal exception was:\n{text}")
    sys.last_exc = sys.last_value = error
    sys.last_type, sys.last_traceback = type(error), error.__traceback__
    return report.failed(error, text, name)


def _exit_code(error: SystemExit) -> int:
    """The process status that CPython makes of `SystemExit`, 0 to 255."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        # An integer that does not fit C's long is -1 to CPython; long has 32 bits in this guest,
        # but 64 where its programs come from.
        return int(code) & 0xFF if -(1 << 63) <= code < 1 << 63 else 255
    try:
        text = str(code)
    except BaseException:
        text = "<exit code str() failed>"
    state.write_stderr(text + "\n")
    return 1


def _repair() -> None:
    """Puts back what earlier turns of this interpreter may have taken away or left stale."""
    if _modules.get("__main__") is not _main:
        _modules["__main__"] = _main
    _namespace["__builtins__"] = builtins
    _namespace.setdefault("__name__", "__main__")
    _modules["sys"], _modules["builtins"] = sys, builtins
    threads.forget()
    state.repair()


def _send(answer: bytes, shown: bytes | None = None) -> None:
    """Hands a report to the host, with what the run has shown: all of it, or as much as the host takes.

    A report that the host refuses would be no report, so what is too large goes without results, then without texts.
    What fits is never refused: a status other than 0 comes back as `OSError`: files are still open for writing, or nobody listens.
    Programs that never close their files expect the interpreter to flush them when it exits.
    """
    if shown is not None:
        whole = report.with_results(answer, shown)
        if len(whole) <= report.MAX_FRAME_BYTES:
            answer = whole
    if len(answer) > report.MAX_FRAME_BYTES:
        answer = report.UNREPORTABLE
    try:
        _door(answer)
    except OSError:
        state.flush_files()


_REHEARSED_RUN = {
    "op": "run",
    "name": "<rehearsal>",
    "seed": "0123456789abcdef" * 2,
    "argv": [""],
    "main_file": "/app/main.py",
}
_SAMPLES = (
    "print(1)",
    "value = [n * n for n in range(5)]\nprint(value)\nvalue",
    "import json\n\ndef double(n):\n    return 2 * n\n\nif __name__ == '__main__':\n    print(double(2))\n",
    "value = 1\nvalue.count = 2",
    "import asyncio\nawait asyncio.sleep(0)",
    "import sys\nsys.exit(3)",
    "(",
)


def _rehearse(samples: tuple[str, ...]) -> None:
    """Walks through the turns that runs are made of."""
    global _used
    for header in ({"op": "validate"}, {"op": "run"}, _REHEARSED_RUN):
        request = MAGIC + json.dumps(header) + "\n"
        for _ in range(REHEARSALS):
            for sample in samples:
                _used = False
                _dispatch(request + sample, "")


def _clean_up() -> None:
    """Takes away what the build and the rehearsals left where guest code could see it."""
    global _used
    _namespace.clear()
    _namespace.update(_pristine)
    for attribute in ("last_exc", "last_value", "last_type", "last_traceback"):
        _sys.pop(attribute, None)
    builtins.__dict__.pop("_", None)
    sys.argv = [""]
    linecache.clearcache()
    linecache._interactive_cache.clear()
    sys.path_importer_cache.clear()
    _reactor._turns = 0
    _used = False


class _Quitter(_sitebuiltins.Quitter):
    """`exit` and `quit` that leave stdin open, since a session goes on."""

    def __call__(self, code: object = None) -> None:
        raise SystemExit(code)


_OPERATIONS = {"run": run, "validate": validate, "warm": warm, "seal": seal}


def _install() -> None:
    """Takes over the interpreter; once, when the image is built."""
    os.chdir("/app")
    sys.path[:] = state.SEARCH_PATH
    state.apply_env({})
    _sbx_asyncio.install()
    _sbx_shims.install()
    for name in ("exit", "quit"):
        setattr(builtins, name, _Quitter(name, "Ctrl-D (i.e. EOF)"))
    _reactor._run_turn = _dispatch


_install()
