# task: Call a fake API from asyncio with an executor, a semaphore and retries.
import _sbx_shims

_sbx_shims.install()
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

attempts = {}


def blocking_call(n):
    attempts[n] = attempts.get(n, 0) + 1
    if n % 3 == 0 and attempts[n] == 1:
        raise TimeoutError(f"call {n}")
    return n * 2, threading.current_thread().name.startswith("api")


async def fetch(loop, pool, gate, n):
    async with gate:
        for attempt in range(3):
            try:
                return await loop.run_in_executor(pool, blocking_call, n)
            except TimeoutError:
                await asyncio.sleep(0.001)


async def main():
    loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(2)
    with ThreadPoolExecutor(4, thread_name_prefix="api") as pool:
        results = await asyncio.gather(*(fetch(loop, pool, gate, n) for n in range(7)))
    print(results)
    print("attempts:", attempts)
    print(await asyncio.to_thread(sum, [1, 2, 3]))


asyncio.run(main())
