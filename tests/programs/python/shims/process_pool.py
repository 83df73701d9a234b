# task: Count primes in parallel.
from concurrent.futures import ProcessPoolExecutor


def count(limit):
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))


if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        print(sum(pool.map(count, [100, 200, 300])))
