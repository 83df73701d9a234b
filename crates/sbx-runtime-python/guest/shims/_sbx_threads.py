"""Threads for a guest that has a single one: each runs in line, when somebody waits.

`Thread.start` only puts the thread into a row. It runs, to its end, when something waits: a join, a lock that is
taken, an event, a queue, a sleep, the end of the program. Running it at once would be simpler, but a consumer that is
started before there is anything to consume could then never get an item: nothing here can pause a call and go on
with its caller.

For the same reason some threads are *parked*: they are unwound and never go on.

* One that waits for what only a caller below it can do. Waiting for such a thread, and any other wait that nothing
  can end, raises `RuntimeError` where CPython would hang.
* One that sleeps past the moment when a caller below it should go on: a daemon at once, as at the end of a program,
  another after `MAX_LATE_SECONDS`, with a line on stderr. It counts as ended.

Threads that sleep would have slept at the same time. So what a thread spent in the row counts as slept: ten threads
that sleep for a second each take one second together, and end in the order in which they were started.

The locks are written in Python: those of CPython abort the interpreter when they would have to wait here.
What is built on them in the standard library (conditions, events, semaphores, barriers, queues) is used as it is.
"""

import _queue
import _thread
import _threading_local
import contextvars
import math
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

FIRST_IDENT = 1 << 32
"""Above the numbers that CPython gives to threads, which are addresses."""

MAX_NESTED = 50
"""How many threads may run on top of one another before another one has to wait: each takes native stack."""

MAX_LATE_SECONDS = 5.0
"""How long in all the sleeps of one thread may hold up those that wait for something else."""

MAX_NAPS = 20
"""After how many sleeps a thread lets others run in them: by then it is taken to wait for something in a loop."""

_sleep, _now = time.sleep, time.monotonic
_current_thread, _get_ident = threading.current_thread, threading.get_ident
_Timer = threading.Timer

_waiting: list[tuple[Callable[[], None], bool]] = []  # what was started and has not run yet; whether a daemon
_timers: list[tuple[float, threading.Timer]] = []  # when they are due
_running: list[threading.Thread] = []  # innermost last
_below: list[tuple[Callable[[], bool], float]] = []  # what those below wait for, and until when, daemons left out
_parked: list[tuple[str, bool]] = []  # those that hang: name, whether the program may end without it
_last_ident = FIRST_IDENT


class Parked(BaseException):
    """Unwinds a thread that does not go on. No `Exception`, so that programs do not swallow it."""

    def __init__(self, what: str, hangs: bool) -> None:
        super().__init__(what)
        self.hangs = hangs


class Lock:
    """A lock that lets other threads run while it waits, and never waits for ever."""

    def __init__(self) -> None:
        self._locked = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        if self._locked:
            if not blocking:
                return False
            if not wait_until(lambda: not self._locked, None if timeout == -1 else timeout, "another thread"):
                return False
        self._locked = True
        return True

    def release(self) -> None:
        if not self._locked:
            raise RuntimeError("release unlocked lock")
        self._locked = False

    def locked(self) -> bool:
        return self._locked

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"<{'locked' if self._locked else 'unlocked'} lock object at {id(self):#x}>"

    _at_fork_reinit = __init__


def install() -> None:
    """Makes `threading`, `queue` and `time.sleep` use what is here. Threads that programs start then work in line."""
    threading.Lock = threading._allocate_lock = _thread.allocate_lock = _thread.allocate = Lock
    threading.RLock = threading._PyRLock
    threading.current_thread = threading.currentThread = _threading_local.current_thread = current_thread
    threading.get_ident = get_ident
    threading.local = _threading_local.local
    thread = threading.Thread
    thread.start, thread.join, thread.is_alive = start, join, is_alive
    thread._ended = thread._asked = False
    thread._late = thread._credit = 0.0
    thread._naps = 0
    _Timer.run = _timer_run
    _thread.start_new_thread = _thread.start_new = start_new_thread
    queue.SimpleQueue = _queue.SimpleQueue = queue._PySimpleQueue
    queue.Queue.put = _patient_put(queue.Queue.put)
    time.sleep = sleep


def later(task: Callable[[], None], daemon: bool = False) -> None:
    """Puts work into the row that is run when something waits."""
    _waiting.append((task, daemon))


def finish() -> None:
    """Ends a program as CPython does: by waiting for its threads. One that could never end is an error."""
    if not (_waiting or _timers or _parked):
        return
    try:
        while _timers or any(not daemon for _, daemon in _waiting):
            if not _run_one(lambda: False, math.inf, daemons=False):
                break
        stuck = [name for name, daemon in _parked if not daemon]
    finally:
        forget()
    if stuck:
        raise RuntimeError(f"the program would wait for ever for its threads: {', '.join(stuck)}")


def forget() -> None:
    """Drops what was started and has not run."""
    for ident in [ident for ident in threading._active if ident > FIRST_IDENT]:
        del threading._active[ident]
    for row in (_waiting, _timers, _running, _below, _parked):
        row.clear()


def left_over() -> str | None:
    """What would be wrong with an image that is captured now."""
    return f"the image would lose {len(_waiting) + len(_timers)} started threads" if _waiting or _timers else None


def wait_until(ready: Callable[[], bool], timeout: float | None, what: str) -> bool:
    """Runs other threads until `ready`; False after `timeout` seconds. Without one, a hopeless wait is an error."""
    end = math.inf if timeout is None else _now() + timeout
    while not ready():
        if not _run_one(ready, end):
            if end == math.inf:
                raise _hopeless(what)
            _rest_until(end)
            return ready()
    return True


def sleep(seconds: float, /) -> None:
    """Lets other threads run, then sleeps for what is left of the time."""
    if not (_waiting or _timers or _running) or seconds < 0:
        return _sleep(seconds)
    end = _now() + seconds
    if _running:
        thread = _running[-1]
        thread._naps += 1
        patient = not thread.daemon and thread._naps <= MAX_NAPS
    else:
        patient = False
    while not patient and _run_one(lambda: False, end):
        pass
    _rest_until(end)


def run_as(thread: threading.Thread, function: Callable[[], Any]) -> Any:
    """Calls the function with `thread` as the current one."""
    _running.append(thread)
    try:
        return function()
    finally:
        _running.pop()


def current_thread() -> threading.Thread:
    """The thread that runs now."""
    return _running[-1] if _running else _current_thread()


def get_ident() -> int:
    """The number of the thread that runs now."""
    return _running[-1]._ident if _running else _get_ident()


def start(self: threading.Thread) -> None:
    """Puts the thread into the row."""
    if not self._initialized:
        raise RuntimeError("thread.__init__() not called")
    if self._started.is_set():
        raise RuntimeError("threads can only be started once")
    name_thread(self)
    self._started.set()
    threading._active[self._ident] = self
    self._credit = _now()
    if type(self).run is _timer_run:
        _timers.append((_now() + self.interval, self))
        _timers.sort(key=lambda entry: entry[0])
    else:
        later(lambda: _run(self), self.daemon)


def name_thread(thread: threading.Thread) -> None:
    """Gives a thread its numbers."""
    global _last_ident
    _last_ident += 1
    thread._ident = thread._native_id = _last_ident


def join(self: threading.Thread, timeout: float | None = None) -> None:
    """Runs what was started, up to and with this thread."""
    if not self._initialized:
        raise RuntimeError("Thread.__init__() not called")
    if not self._started.is_set():
        raise RuntimeError("cannot join thread before it is started")
    if self is current_thread():
        raise RuntimeError("cannot join current thread")
    wait_until(lambda: self._ended, None if timeout is None else max(timeout, 0), f"thread {self.name}")


def is_alive(self: threading.Thread) -> bool:
    """Whether the thread was started and has not ended. Asking again lets it run, for programs that ask in a loop."""
    if not self._started.is_set() or self._ended:
        return False
    while self._asked and not self._ended and _run_one(lambda: self._ended, math.inf):
        pass
    self._asked = True
    return not self._ended


def start_new_thread(function: Callable[..., Any], args: tuple, kwargs: dict[str, Any] | None = None) -> int:
    """What `_thread` offers."""
    thread = threading.Thread(target=function, args=args, kwargs=kwargs, daemon=True)
    thread.start()
    return thread._ident


def _run_one(ready: Callable[[], bool], end: float, daemons: bool = True) -> bool:
    """Runs one thread, or a timer that is due by `end`, on behalf of one who waits; False if there is none.

    Daemons come last: they are those that may never end.
    """
    if len(_running) >= MAX_NESTED:
        return False
    chosen = next((entry for entry in _waiting if not entry[1]), None)
    for entry in [entry for entry in _timers if entry[1].finished.is_set()]:
        _timers.remove(entry)
        _ended(entry[1])
    if chosen is None and _timers and _timers[0][0] <= end:
        due, timer = _timers[0]
        if daemons and _waiting and _now() < due:
            chosen = _waiting[0]
        else:
            _sleep(max(0.0, due - _now()))
            del _timers[0]
            task = lambda: _run(timer)  # noqa: E731
    elif chosen is None and daemons and _waiting:
        chosen = _waiting[0]
    elif chosen is None:
        return False
    if chosen is not None:
        _waiting.remove(chosen)
        task = chosen[0]
    depth = len(_below)
    if not (_running and _running[-1].daemon):
        _below.append((ready, end))
    try:
        task()
    finally:
        del _below[depth:]
    return True


def _run(thread: threading.Thread) -> None:
    """Runs a started thread to its end."""
    inherits = getattr(sys.flags, "thread_inherit_context", False)
    thread._credit = _now() - thread._credit
    context = thread._context or (contextvars.copy_context() if inherits else contextvars.Context())
    try:
        run_as(thread, lambda: context.run(_guarded, thread))
    except Parked as error:
        if error.hangs:
            _parked.append((thread.name, thread.daemon))
            return
    _ended(thread)


def _guarded(thread: threading.Thread) -> None:
    try:
        thread.run()
    except Exception:
        thread._invoke_excepthook(thread)
    except SystemExit:
        pass


def _ended(thread: threading.Thread) -> None:
    thread._ended = True
    threading._active.pop(thread._ident, None)


def _timer_run(self: threading.Timer) -> None:
    """What a timer does when it is due."""
    if not self.finished.is_set():
        self.function(*self.args, **self.kwargs)
    self.finished.set()


def _rest_until(end: float) -> None:
    """Sleeps what the running thread has not slept in the row, unless that would hold up those below for too long."""
    if _running:
        thread = _running[-1]
        slept = min(thread._credit, max(0.0, end - _now()))
        thread._credit -= slept
        end -= slept
        if thread._started.is_set():
            _give_way(thread, end)
    _sleep(max(0.0, end - _now()))


def _give_way(thread: threading.Thread, end: float) -> None:
    """Parks the thread if somebody below should go on before `end`."""
    now = _now()
    due = min((now if ready() else limit for ready, limit in _below), default=math.inf)
    if due >= end:
        return
    if thread.daemon or isinstance(thread, _Timer):
        _sleep(max(0.0, due - now))
        raise Parked("its next turn", hangs=False)
    thread._late += end - max(due, now)
    if thread._late > MAX_LATE_SECONDS:
        print(f"sandbox: thread {thread.name} was ended, because it sleeps while others wait", file=sys.stderr)
        raise Parked("its next turn", hangs=False)


def _patient_put(put: Callable[..., None]) -> Callable[..., None]:
    """A bounded queue takes more than its bound from a thread whose consumer is paused below it."""

    def patient_put(self: queue.Queue, item: Any, block: bool = True, timeout: float | None = None) -> None:
        full = lambda: 0 < self.maxsize <= self._qsize()  # noqa: E731
        if not block or timeout is not None or not full():
            return put(self, item, block, timeout)
        while full() and _run_one(lambda: not full(), math.inf):
            pass
        if not full() or not _running:
            return put(self, item)
        bound, self.maxsize = self.maxsize, 0
        try:
            put(self, item)
        finally:
            self.maxsize = bound

    return patient_put


def _hopeless(what: str) -> BaseException:
    if _running:
        return Parked(what, hangs=True)
    parked = f" (paused for good: {', '.join(name for name, _ in _parked)})" if _parked else ""
    return RuntimeError(
        f"this would wait for ever for {what}{parked}: the sandbox has one thread, and threads run one after the "
        "other, each to its end. Do the work in a plain loop, or use asyncio."
    )
