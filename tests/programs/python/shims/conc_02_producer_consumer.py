# task: A producer and three consumers share a bounded queue with a sentinel each.
import _sbx_shims

_sbx_shims.install()
import queue
import threading

work = queue.Queue(maxsize=5)
results, lock = [], threading.Lock()
CONSUMERS = 3


def producer():
    for n in range(20):
        work.put(n)
    for _ in range(CONSUMERS):
        work.put(None)


def consumer(name):
    count = 0
    while True:
        item = work.get()
        if item is None:
            work.task_done()
            break
        with lock:
            results.append(item**2)
        count += 1
        work.task_done()


threads = [threading.Thread(target=consumer, args=(f"c{n}",)) for n in range(CONSUMERS)]
threads.append(threading.Thread(target=producer))
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
work.join()
print(sorted(results) == [n**2 for n in range(20)], work.empty(), [thread.is_alive() for thread in threads])
