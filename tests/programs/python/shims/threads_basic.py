# task: threads that are started and joined, with locks, locals, names, daemons, timers and errors
import _sbx_shims

_sbx_shims.install()
import io
import sys
import threading
import time
from contextlib import redirect_stderr

lock, total = threading.Lock(), 0
local = threading.local()


def add(n, log):
    global total
    local.value = n
    for _ in range(n):
        with lock:
            total += 1
    log.append((threading.current_thread().name, local.value, threading.get_ident() == threading.current_thread().ident))


log = []
threads = [threading.Thread(target=add, args=(n, log), name=f"worker-{n}") for n in (10, 20, 30)]
print([thread.is_alive() for thread in threads], threads[0].ident)
for thread in threads:
    thread.start()
print([thread.is_alive() for thread in threads], threading.active_count())
for thread in threads:
    thread.join()
print(total, log, [thread.is_alive() for thread in threads], threading.active_count())
print(hasattr(local, "value"), threading.current_thread() is threading.main_thread(), threading.get_ident() == threading.main_thread().ident)


class Counter(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.result = None

    def run(self):
        self.result = sum(range(100))


counter = Counter()
counter.start()
while counter.is_alive():
    pass
print(counter.result, counter.daemon)

results = []
threading.Thread(target=lambda: results.append("by sleep")).start()
time.sleep(0)
print(results)
timer = threading.Timer(0.01, results.append, ["by timer"])
cancelled = threading.Timer(0.01, results.append, ["never"])
timer.start()
cancelled.start()
cancelled.cancel()
timer.join()
cancelled.join()
print(results)

errors = io.StringIO()
broken = threading.Thread(target=lambda: 1 / 0, name="broken")
leaving = threading.Thread(target=sys.exit)
with redirect_stderr(errors):
    for thread in (broken, leaving):
        thread.start()
        thread.join()
print(errors.getvalue().splitlines()[0], errors.getvalue().splitlines()[-1])
seen = []
threading.excepthook = lambda args: seen.append((args.exc_type.__name__, args.thread.name))
thread = threading.Thread(target=lambda: {}["x"], name="hooked")
thread.start()
thread.join()
print(seen)
for wrong in (lambda: thread.start(), lambda: threading.Thread().join(), lambda: threading.Lock().release(), lambda: threading.Lock().acquire(False, 1)):
    try:
        wrong()
    except (RuntimeError, ValueError) as error:
        print(type(error).__name__, error)
inner = []


def outer():
    child = threading.Thread(target=lambda: inner.append(threading.current_thread().name), name="child")
    child.start()
    child.join()
    inner.append(threading.current_thread().name)


thread = threading.Thread(target=outer, name="parent")
thread.start()
thread.join()
print(inner)
