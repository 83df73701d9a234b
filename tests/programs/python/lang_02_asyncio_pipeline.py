# task: Build an asyncio producer-consumer pipeline with a queue, semaphore, timeout and error handling.
import asyncio
import time


async def producer(queue, n):
    for i in range(n):
        await asyncio.sleep(0.001)
        await queue.put(i)
    for _ in range(2):
        await queue.put(None)


async def worker(name, queue, results, limit):
    while (job := await queue.get()) is not None:
        async with limit:
            await asyncio.sleep(0.002 if job % 2 else 0.001)
            results.append((job, job**2))
    return name


async def flaky(n):
    await asyncio.sleep(0)
    if n == 2:
        raise ValueError(f"job {n} failed")
    return n * 10


async def ticker(n):
    for i in range(n):
        yield i
        await asyncio.sleep(0)


async def main():
    queue, results, limit = asyncio.Queue(maxsize=3), [], asyncio.Semaphore(1)
    names = await asyncio.gather(worker("w1", queue, results, limit), worker("w2", queue, results, limit), producer(queue, 6))
    print("workers:", names[:2], "results:", sorted(results))
    print("gather:", await asyncio.gather(*(flaky(n) for n in range(4)), return_exceptions=True))
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timed out")
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(flaky(n)) for n in range(4)]
    except* ValueError as errors:
        print("group:", [str(error) for error in errors.exceptions], [task.cancelled() for task in tasks if not task.done()])
    print("async for:", [i async for i in ticker(4) if i % 2])
    event = asyncio.Event()
    asyncio.get_running_loop().call_later(0.001, event.set)
    await event.wait()
    done, pending = await asyncio.wait([asyncio.create_task(asyncio.sleep(t, t)) for t in (0.001, 5)], return_when=asyncio.FIRST_COMPLETED)
    print("first:", [task.result() for task in done], "pending:", len(pending))
    for task in pending:
        task.cancel()


started = time.perf_counter()
asyncio.run(main())
print("quick:", time.perf_counter() - started < 5)
