# task: Count primes with a process pool in chunks and compare with a single loop.
import _sbx_shims

_sbx_shims.install()
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor


def count_primes(bounds):
    low, high = bounds
    return sum(1 for n in range(max(low, 2), high) if all(n % d for d in range(2, int(n**0.5) + 1)))


if __name__ == "__main__":
    chunks = [(n, n + 500) for n in range(0, 3000, 500)]
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as executor:
        parts = list(executor.map(count_primes, chunks))
    with multiprocessing.Pool() as pool:
        again = pool.map(count_primes, chunks, chunksize=2)
    print(parts, sum(parts), parts == again, sum(parts) == count_primes((0, 3000)))
