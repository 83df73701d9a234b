"""Executors that run their tasks in line, in the order in which they were submitted.

A task runs when its result is waited for, see `_sbx_threads`, so that tasks can wait for later ones; under a running
event loop, which waits in its own way, it runs when it is submitted. Processes are the same here: the tasks see the
program's own objects, not copies.
"""

import asyncio
import concurrent.futures
import concurrent.futures.thread
import itertools
import multiprocessing.pool
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

import _sbx_threads as threads


class _InlineExecutor(concurrent.futures.Executor):
    _prefix = "Executor"
    _numbers = itertools.count()

    def __init__(
        self,
        max_workers: int | None = None,
        initializer: Callable[..., Any] | None = None,
        initargs: tuple = (),
        **_: Any,
    ) -> None:
        if max_workers is not None and max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        self._max_workers = max_workers or 1
        self._initialise = None if initializer is None else lambda: initializer(*initargs)
        self._open: list[Future] = []
        self._closed = False
        self._worker = threading.Thread(name=f"{self._prefix}-{next(self._numbers)}_0")
        threads.name_thread(self._worker)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future = Future()
        self._open.append(future)
        submitted = time.monotonic()

        def run() -> None:
            self._worker._credit = time.monotonic() - submitted
            self._run(future, fn, args, kwargs)

        if asyncio._get_running_loop() is not None:
            run()
        else:
            threads.later(run)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._closed = True
        if cancel_futures:
            for future in self._open:
                future.cancel()
        if wait:
            threads.wait_until(lambda: all(future.done() for future in self._open), None, "an executor's tasks")

    def _run(self, future: Future, fn: Callable[..., Any], args: tuple, kwargs: dict[str, Any]) -> None:
        self._open.remove(future)
        if not future.set_running_or_notify_cancel():
            return
        try:
            if self._initialise is not None:
                initialise, self._initialise = self._initialise, None
                threads.run_as(self._worker, initialise)
            result = threads.run_as(self._worker, lambda: fn(*args, **kwargs))
        except threads.Parked as error:
            future.set_exception(RuntimeError(f"the task would wait for ever for {error}: tasks run in line"))
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)


class ThreadPoolExecutor(_InlineExecutor):
    """Runs tasks in line: the sandbox has one thread."""

    def __init__(
        self,
        max_workers: int | None = None,
        thread_name_prefix: str = "",
        initializer: Callable[..., Any] | None = None,
        initargs: tuple = (),
        **ctxkwargs: Any,
    ) -> None:
        if thread_name_prefix:
            self._prefix = thread_name_prefix
        super().__init__(max_workers, initializer, initargs, **ctxkwargs)

    _prefix = "ThreadPoolExecutor"


class ProcessPoolExecutor(_InlineExecutor):
    """Runs tasks in line: the sandbox has one process."""

    _prefix = "ProcessPoolExecutor"

    def __init__(
        self,
        max_workers: int | None = None,
        mp_context: object = None,
        initializer: Callable[..., Any] | None = None,
        initargs: tuple = (),
        *,
        max_tasks_per_child: int | None = None,
    ) -> None:
        super().__init__(max_workers, initializer, initargs)


class Pool:
    """`multiprocessing.Pool` and `multiprocessing.pool.ThreadPool`: every call is done at once, in line."""

    def __init__(
        self,
        processes: int | None = None,
        initializer: Callable[..., Any] | None = None,
        initargs: tuple = (),
        *_: Any,
        **__: Any,
    ) -> None:
        if processes is not None and processes < 1:
            raise ValueError("Number of processes must be at least 1")
        if initializer is not None:
            initializer(*initargs)
        self._open = True

    def apply_async(self, func, args=(), kwds=None, callback=None, error_callback=None):
        return self._result(lambda: func(*args, **(kwds or {})), callback, error_callback)

    def map_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
        return self._result(lambda: [func(item) for item in iterable], callback, error_callback)

    def starmap_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
        return self._result(lambda: [func(*item) for item in iterable], callback, error_callback)

    def apply(self, func, args=(), kwds=None):
        return self.apply_async(func, args, kwds).get()

    def map(self, func, iterable, chunksize=None):
        return self.map_async(func, iterable).get()

    def starmap(self, func, iterable, chunksize=None):
        return self.starmap_async(func, iterable).get()

    def imap(self, func: Callable[[Any], Any], iterable: Iterable[Any], chunksize: int = 1) -> Iterator[Any]:
        self._check()
        return map(func, iterable)

    imap_unordered = imap

    def close(self) -> None:
        self._open = False

    terminate = close

    def join(self) -> None:
        if self._open:
            raise ValueError("Pool is still running")

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *_: object) -> None:
        self.terminate()

    def _check(self) -> None:
        if not self._open:
            raise ValueError("Pool not running")

    def _result(self, work, callback, error_callback):
        self._check()
        return _Done(work, callback, error_callback)


class _Done:
    """An `AsyncResult` that is there from the start."""

    def __init__(self, work, callback, error_callback) -> None:
        self._value, self._error = None, None
        try:
            self._value = work()
        except Exception as error:
            self._error = error
            if error_callback is not None:
                error_callback(error)
        else:
            if callback is not None:
                callback(self._value)

    def get(self, timeout: float | None = None) -> Any:
        if self._error is not None:
            raise self._error
        return self._value

    def wait(self, timeout: float | None = None) -> None: ...

    def ready(self) -> bool:
        return True

    def successful(self) -> bool:
        return self._error is None


def install() -> None:
    """Puts these in the places of the originals."""
    futures = concurrent.futures
    futures.ThreadPoolExecutor = futures.thread.ThreadPoolExecutor = ThreadPoolExecutor
    futures.ProcessPoolExecutor = ProcessPoolExecutor
    multiprocessing.Pool = multiprocessing.pool.Pool = multiprocessing.pool.ThreadPool = Pool
