# task: Simulate a bank with random arrivals and two counters, and report waiting times with a seeded generator.
import heapq
import random
from statistics import mean


def simulate(counters, seed, customers=500):
    rng = random.Random(seed)
    time, free, waits, busy = 0.0, [0.0] * counters, [], 0.0
    for _ in range(customers):
        time += rng.expovariate(1 / 2.0)
        start = max(time, heapq.heappop(free))
        service = rng.uniform(1, 5)
        heapq.heappush(free, start + service)
        waits.append(start - time)
        busy += service
    return mean(waits), max(waits), busy / (max(free) * counters)


results = {counters: simulate(counters, seed=1) for counters in (1, 2, 3)}
for counters, (average, longest, load) in results.items():
    print(f"{counters} counter(s): someone waits {'long' if average > 10 else 'briefly'}, load {'full' if load > 0.95 else 'below full'}")
print("more counters, shorter waits:", results[1][0] > results[2][0] > results[3][0])
print("never negative:", all(average >= 0 for average, *_ in results.values()))
print("repeatable:", simulate(2, 7) == simulate(2, 7), "| seeds differ:", simulate(2, 7) != simulate(2, 8))
print("load of three below 60 %:", results[3][2] < 0.6)
