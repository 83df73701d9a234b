# task: queues, events, conditions, semaphores and deadlocks between threads
import _sbx_shims

_sbx_shims.install()
import queue
import threading
import time

items, done = queue.Queue(), []


def consumer():
    while (item := items.get()) is not None:
        done.append(item * item)
        items.task_done()


thread = threading.Thread(target=consumer)
thread.start()
for n in range(5):
    items.put(n)
items.put(None)
thread.join()
print("consumer first:", done)

bounded, got = queue.Queue(maxsize=2), []


def produce():
    for n in range(6):
        bounded.put(n)
    bounded.put("end")


def consume():
    while (item := bounded.get()) != "end":
        got.append(item)


threads = [threading.Thread(target=target) for target in (consume, produce)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("bounded:", got)

tasks, handled = queue.Queue(), []


def worker():
    while True:
        task = tasks.get()
        handled.append(task)
        tasks.task_done()


for n in range(2):
    threading.Thread(target=worker, daemon=True, name=f"daemon-{n}").start()
for task in "abc":
    tasks.put(task)
tasks.join()
print("daemons:", handled)

event, order = threading.Event(), []


def waiter():
    event.wait()
    order.append("woken")


thread = threading.Thread(target=waiter)
thread.start()
order.append("setting")
event.set()
thread.join()
print("event:", order, event.is_set())

stop, ticks = threading.Event(), []


def ticker():
    while not stop.wait(0.001):
        ticks.append(1)
        if len(ticks) > 5:
            break


thread = threading.Thread(target=ticker, daemon=True)
thread.start()
stop.set()
thread.join()
print("stopped before it ran:", len(ticks))

condition, ready = threading.Condition(), []


def wait_for_ready():
    with condition:
        condition.wait_for(lambda: ready)
        ready.append("seen")


def make_ready():
    with condition:
        ready.append("made")
        condition.notify_all()


threads = [threading.Thread(target=target) for target in (wait_for_ready, make_ready)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("condition:", ready)

gate, inside = threading.Semaphore(2), []
for n in range(4):
    threading.Thread(target=lambda n=n: [gate.acquire(), inside.append(n), gate.release()]).start()
time.sleep(0)
print("semaphore:", inside)
lock = threading.RLock()
with lock, lock:
    print("reentrant:", lock.acquire(blocking=False))
    lock.release()

begin = time.monotonic()
print(threading.Event().wait(0.02), threading.Semaphore(0).acquire(timeout=0.01), queue.SimpleQueue().empty(), time.monotonic() - begin >= 0.03)
for wait in (lambda: queue.Queue().get(timeout=0.01), lambda: queue.SimpleQueue().get(timeout=0.01), lambda: queue.Queue(1).get_nowait()):
    try:
        wait()
    except queue.Empty:
        print("empty")


def hopeless(name, action):
    try:
        action()
    except RuntimeError as error:
        print(f"{name}: {str(error).split(':')[0]}")


taken = threading.Lock()
taken.acquire()
full = queue.Queue(1)
full.put(1)
barrier = threading.Barrier(2)
stuck = threading.Thread(target=barrier.wait, name="at the barrier", daemon=True)
stuck.start()
hopeless("lock", taken.acquire)
hopeless("event", threading.Event().wait)
hopeless("queue", queue.Queue().get)
hopeless("full queue", lambda: full.put(2))
hopeless("barrier", stuck.join)
hopeless("semaphore", threading.Semaphore(0).acquire)
stuck.join(timeout=0.01)
print("still there:", stuck.is_alive())

a, b = threading.Lock(), threading.Lock()


def first():
    with a:
        other.join(timeout=0.001)
        with b:
            order.append("first")


def second():
    with b, a:
        order.append("second")


one, other = threading.Thread(target=first), threading.Thread(target=second, name="second")
one.start()
other.start()
one.join()
hopeless("deadlock", other.join)
print(order)
try:
    import _sbx_threads

    _sbx_threads.finish()
except RuntimeError as error:
    print(error)
