# task: Implement quicksort, merge sort, heap sort and counting sort, and check them against sorted().
import heapq
import random


def quick(items):
    if len(items) < 2:
        return items
    pivot = items[len(items) // 2]
    return quick([x for x in items if x < pivot]) + [x for x in items if x == pivot] + quick([x for x in items if x > pivot])


def merge(items):
    if len(items) < 2:
        return items
    half = len(items) // 2
    left, right, out = merge(items[:half]), merge(items[half:]), []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return out + left[i:] + right[j:]


def heap(items):
    items = list(items)
    heapq.heapify(items)
    return [heapq.heappop(items) for _ in range(len(items))]


def counting(items):
    low = min(items, default=0)
    counts = [0] * (max(items, default=0) - low + 1)
    for x in items:
        counts[x - low] += 1
    return [value + low for value, n in enumerate(counts) for _ in range(n)]


rng = random.Random(42)
cases = {"random": [rng.randint(-500, 500) for _ in range(800)], "sorted": list(range(300)), "reverse": list(range(300, 0, -1)), "equal": [7] * 100, "empty": [], "one": [3]}
for sort in (quick, merge, heap, counting):
    print(f"{sort.__name__:<9}", {name: sort(list(items)) == sorted(items) for name, items in cases.items()})
words = ["pear", "fig", "apple", "kiwi"]
print(merge(words), quick([(2, "b"), (1, "z"), (2, "a")]))
print("stable:", [w for _, w in merge([(len(w), i) for i, w in enumerate(words)])], sorted(words, key=len))
