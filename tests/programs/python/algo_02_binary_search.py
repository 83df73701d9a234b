# task: Binary search variants: find, first and last position, insertion point, square root and rotated array.
from bisect import bisect_left, bisect_right


def search(items, target):
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == target:
            return middle
        if items[middle] < target:
            low = middle + 1
        else:
            high = middle - 1
    return -1


def span(items, target):
    left = bisect_left(items, target)
    return (left, bisect_right(items, target) - 1) if left < len(items) and items[left] == target else None


def rotated(items, target):
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == target:
            return middle
        if items[low] <= items[middle]:
            if items[low] <= target < items[middle]:
                high = middle - 1
            else:
                low = middle + 1
        elif items[middle] < target <= items[high]:
            low = middle + 1
        else:
            high = middle - 1
    return -1


def first_true(low, high, predicate):
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if predicate(middle) else (middle + 1, high)
    return low


items = [1, 3, 3, 3, 8, 13, 21]
print([search(items, x) for x in (1, 8, 21, 4, 99)], span(items, 3), span(items, 4), bisect_left(items, 9))
turned = [15, 18, 2, 3, 6, 12]
print([rotated(turned, x) for x in turned], rotated(turned, 7), all(search(list(range(n)), k) == k for n in range(30) for k in range(n)))
print("isqrt:", first_true(0, 10**9, lambda n: n * n > 10**12) - 1)
weights, days = [3, 2, 2, 4, 1, 4], 3


def days_needed(capacity):
    count, load = 1, 0
    for weight in weights:
        if load + weight > capacity:
            count, load = count + 1, 0
        load += weight
    return count


print("ship capacity for 3 days:", first_true(max(weights), sum(weights), lambda capacity: days_needed(capacity) <= days))
print("grades:", ["FDCBA"[bisect_right([60, 70, 80, 90], score)] for score in (33, 60, 77, 89, 90, 100)])
