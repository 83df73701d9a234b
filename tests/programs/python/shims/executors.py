# task: thread and process pools, futures, asyncio executors and multiprocessing.Pool run in line
import _sbx_shims

_sbx_shims.install()
import asyncio
import multiprocessing
import queue
import threading
import time
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed, wait
from multiprocessing.pool import ThreadPool


def square(n):
    if n == 3:
        raise ValueError("three")
    return n * n


with ThreadPoolExecutor(max_workers=4) as pool:
    print(list(pool.map(square, range(3))), list(pool.map(pow, [2, 3], [5, 2])))
    futures = {pool.submit(square, n): n for n in range(5)}
    for future in as_completed(futures):
        try:
            print(futures[future], "->", future.result())
        except ValueError as error:
            print(futures[future], "failed:", error)
try:
    pool.submit(square, 1)
except RuntimeError as error:
    print(error)

with ProcessPoolExecutor() as pool:
    future = pool.submit(sum, range(10))
    print(future.done(), future.result(), future.done(), future.exception())
    print(pool.submit(square, 3).exception(), list(pool.map(abs, [-1, -2], chunksize=2)))

pool = ThreadPoolExecutor(1, thread_name_prefix="job", initializer=lambda: print("initialised"))
first, second = pool.submit(lambda: threading.current_thread().name), pool.submit(square, 2)
print("cancelled:", second.cancel(), first.result().startswith("job"), second.cancelled())
try:
    second.result()
except CancelledError:
    print("no result")
seen = []
third = pool.submit(square, 9)
third.add_done_callback(lambda future: seen.append(future.result()))
done, pending = wait([third, pool.submit(square, 1)], return_when=FIRST_COMPLETED)
print(seen, len(done), len(pending))
pool.shutdown()

channel = queue.Queue()
with ThreadPoolExecutor() as pool:
    getter = pool.submit(channel.get)
    pool.submit(channel.put, "late")
    print("waits for a later task:", getter.result())
    nested = pool.submit(lambda: pool.submit(square, 4).result() + 1)
    print("nested:", nested.result())
    hopeless = pool.submit(queue.Queue().get)
    print(str(hopeless.exception()).split(":")[0])
for wrong in (lambda: ThreadPoolExecutor(0), lambda: ThreadPoolExecutor(initializer=5), lambda: Future().result(timeout=0.01)):
    try:
        wrong()
    except (ValueError, TypeError, TimeoutError) as error:
        print(type(error).__name__, error)


async def main():
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor() as pool:
        jobs = [loop.run_in_executor(pool, square, n) for n in (1, 2, 3)]
        print(await asyncio.gather(*jobs, return_exceptions=True), await loop.run_in_executor(None, square, 5))
    print(await asyncio.to_thread(time.sleep, 0), await asyncio.wrap_future(ThreadPoolExecutor().submit(square, 6)))


asyncio.run(main())
with multiprocessing.Pool(processes=multiprocessing.cpu_count()) as pool:
    print(pool.map(square, [1, 2]), pool.starmap(pow, [(2, 3)]), list(pool.imap_unordered(abs, [-5])), pool.apply_async(square, (4,)).get(timeout=1))
    try:
        pool.map(square, [3])
    except ValueError as error:
        print("pool:", error)
with ThreadPool(2) as pool:
    print(pool.map_async(square, [7], callback=print).get(), pool.apply(max, (1, 2)))
