# task: Process a stream with generators: reading, filtering, batching, windows, send() and itertools recipes.
import itertools
from collections import deque


def numbers(text):
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if line:
            yield from map(int, line.split())


def windows(iterable, size):
    window = deque(maxlen=size)
    for item in iterable:
        window.append(item)
        if len(window) == size:
            yield tuple(window)


def averager():
    total = count = 0
    average = None
    while True:
        value = yield average
        if value is None:
            return total, count
        total, count = total + value, count + 1
        average = total / count


def collatz(n):
    while n != 1:
        yield n
        n = n // 2 if n % 2 == 0 else 3 * n + 1
    yield 1


data = "1 2 3\n# comment\n\n4 5 # five\n6"
print(list(numbers(data)), list(windows(numbers(data), 3)), [sum(b) for b in itertools.batched(numbers(data), 4)])
averages = averager()
next(averages)
print([averages.send(value) for value in (10, 20, 60)])
try:
    averages.send(None)
except StopIteration as stop:
    print("returned", stop.value)
print("collatz 27:", sum(1 for _ in collatz(27)) - 1, max(collatz(27)))
squares = (n * n for n in itertools.count(1))
print(list(itertools.takewhile(lambda n: n < 60, squares)), next(squares))
print([(key, len(list(group))) for key, group in itertools.groupby("aaabbc")], list(itertools.pairwise("abcd")))
print(list(itertools.accumulate([3, 1, 4, 1, 5], max)), list(itertools.chain.from_iterable([[1], [2, 3]])), list(itertools.zip_longest("ab", "x", fillvalue="-")))
print(list(itertools.islice(itertools.cycle("xyz"), 7)), list(itertools.compress("abcdef", [1, 0, 1, 0, 0, 1])), list(itertools.starmap(pow, [(2, 3), (3, 2)])))
a, b = itertools.tee(range(4))
print(list(zip(a, itertools.islice(b, 1, None))), sum(1 for _ in itertools.product("ab", repeat=3)), len(list(itertools.combinations_with_replacement("abc", 2))))
