"""Makes asyncio work in a guest that has no sockets and no threads.

Its event loop wakes itself through a socket pair, which does not exist here, and with a single
thread nobody could use it. So the loop does without one and only ever sleeps until its next timer.
The classes are changed in place: `asyncio.run`, `asyncio.Runner`, `asyncio.new_event_loop` and
`asyncio.SelectorEventLoop` then all work, and keep their names.
"""

import asyncio
import selectors
import time
from asyncio import base_events, selector_events, unix_events
from collections.abc import Callable, Coroutine
from typing import Any

MAX_TASKS_SHOWN = 16
"""How many waiting tasks the error about a deadlock names."""

_sleep = time.sleep
_loop: asyncio.AbstractEventLoop | None = None


class IdleSelector(selectors._BaseSelectorImpl):
    """Watches nothing: no descriptor here ever becomes ready later than now."""

    def select(self, timeout: float | None = None) -> list:
        if timeout is None:
            raise _deadlock()
        if timeout > 0:
            _sleep(timeout)
        return []


def install() -> None:
    """Changes asyncio's classes and makes one loop current, so that `get_event_loop` finds it."""
    base = selector_events.BaseSelectorEventLoop
    base_init = base.__init__

    def __init__(self, selector=None):
        base_init(self, IdleSelector() if selector is None else selector)

    base.__init__ = __init__
    base._make_self_pipe = base._close_self_pipe = base._write_to_self = _nothing
    unix_events._UnixSelectorEventLoop.add_signal_handler = _no_signals
    base_events.BaseEventLoop.run_in_executor = _run_inline(base_events.BaseEventLoop.run_in_executor)
    _current_loop()


def run(coroutine: Coroutine) -> Any:
    """Runs a turn's top-level awaits on the interpreter's own loop.

    The loop outlives the turn. Tasks that are still pending when the turn ends stay paused, and go on
    while a later turn awaits something.
    """
    return _current_loop().run_until_complete(coroutine)


def _current_loop() -> asyncio.AbstractEventLoop:
    global _loop
    if _loop is None or _loop.is_closed():
        _loop = asyncio.new_event_loop()
    asyncio.set_event_loop(_loop)
    return _loop


def _deadlock() -> RuntimeError:
    """The error for a loop that nothing can wake, with the places where its tasks wait."""
    error = RuntimeError("asyncio deadlock: every task is waiting and no timer or other task can wake one")
    for task in list(asyncio.all_tasks())[:MAX_TASKS_SHOWN]:
        place = _innermost_guest_line(task.get_coro())
        if place:
            error.add_note(f"{task.get_name()} waits at {place}")
    return error


def _innermost_guest_line(coroutine: Any) -> str:
    """Where a suspended coroutine waits, in code that is neither ours nor the library's."""
    place = ""
    while (frame := getattr(coroutine, "cr_frame", None)) is not None:
        code = frame.f_code
        if not code.co_filename.startswith(("<sbx ", "/usr/local/lib/", "<frozen ")):
            place = f'File "{code.co_filename}", line {frame.f_lineno}, in {code.co_name}'
        coroutine = coroutine.cr_await
    return place


def _nothing(self) -> None:
    """Stands for the three methods that make, close and write to the self-pipe."""


def _no_signals(self, sig, callback, *args):
    raise NotImplementedError("signals are not available in the sandbox")


def _run_inline(original: Callable) -> Callable:
    """The default executor would need a thread; its work is done at once instead."""

    def run_in_executor(self, executor, func, *args):
        if executor is not None or self._default_executor is not None:
            return original(self, executor, func, *args)
        self._check_closed()
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            future.set_exception(error)
        return future

    return run_in_executor
