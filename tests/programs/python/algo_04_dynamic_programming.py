# task: Classic dynamic programming: knapsack, coin change, longest common subsequence, edit distance, best trades.
from functools import lru_cache

items = {"map": (9, 150), "water": (153, 200), "compass": (13, 35), "sandwich": (50, 160), "camera": (32, 30), "tent": (200, 150)}


def knapsack(limit):
    best = [(0, ())] * (limit + 1)
    for name, (weight, value) in items.items():
        for capacity in range(limit, weight - 1, -1):
            worth, chosen = best[capacity - weight]
            best[capacity] = max(best[capacity], (worth + value, chosen + (name,)))
    return best[limit]


def coins(amount, kinds):
    ways, fewest = [1] + [0] * amount, [0] + [None] * amount
    for coin in kinds:
        for total in range(coin, amount + 1):
            ways[total] += ways[total - coin]
    for total in range(1, amount + 1):
        options = [fewest[total - coin] for coin in kinds if coin <= total and fewest[total - coin] is not None]
        fewest[total] = min(options) + 1 if options else None
    return ways[amount], fewest[amount]


def lcs(a, b):
    @lru_cache(maxsize=None)
    def best(i, j):
        if i == len(a) or j == len(b):
            return ""
        if a[i] == b[j]:
            return a[i] + best(i + 1, j + 1)
        return max(best(i + 1, j), best(i, j + 1), key=len)

    return best(0, 0)


def increasing(numbers):
    best = []
    for i, n in enumerate(numbers):
        best.append(max((best[j] for j in range(i) if numbers[j] < n), key=len, default=[]) + [n])
    return max(best, key=len)


def partitions(n):
    table = [1] + [0] * n
    for part in range(1, n + 1):
        for total in range(part, n + 1):
            table[total] += table[total - part]
    return table[n]


print("knapsack:", knapsack(250), knapsack(8))
print("coins:", coins(100, [1, 5, 10, 25, 50]), coins(3, [2]), coins(30, [1, 10, 25]))
print("lcs:", lcs("AGGTABCXY", "GXTXAYBCY"), repr(lcs("abc", "xyz")))
print("increasing:", increasing([10, 9, 2, 5, 3, 7, 101, 18]))
prices = [7, 1, 5, 3, 6, 4]
lowest, profit = prices[0], 0
for price in prices:
    lowest, profit = min(lowest, price), max(profit, price - lowest)
print("one trade:", profit, "many trades:", sum(max(0, b - a) for a, b in zip(prices, prices[1:])))
print("partitions:", [partitions(n) for n in (5, 10, 50, 100)])
best = here = 0
for n in [-2, 1, -3, 4, -1, 2, 1, -5, 4]:
    here = max(n, here + n)
    best = max(best, here)
print("largest sub-sum:", best)
