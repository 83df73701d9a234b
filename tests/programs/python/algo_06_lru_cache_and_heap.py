# task: Implement an LRU cache, a priority queue with updates, a running median and a bounded history.
import heapq
from collections import OrderedDict, deque
from itertools import count


class LRU:
    def __init__(self, size):
        self.size, self.data, self.hits, self.misses = size, OrderedDict(), 0, 0

    def get(self, key, load):
        if key in self.data:
            self.data.move_to_end(key)
            self.hits += 1
        else:
            self.misses += 1
            self.data[key] = load(key)
            if len(self.data) > self.size:
                self.data.popitem(last=False)
        return self.data[key]


class TaskQueue:
    def __init__(self):
        self.heap, self.entries, self.order = [], {}, count()

    def put(self, task, priority):
        if task in self.entries:
            self.entries[task][-1] = None
        self.entries[task] = entry = [priority, next(self.order), task]
        heapq.heappush(self.heap, entry)

    def pop(self):
        while self.heap:
            *_, task = heapq.heappop(self.heap)
            if task is not None:
                del self.entries[task]
                return task
        raise IndexError("empty queue")


class RunningMedian:
    def __init__(self):
        self.low, self.high = [], []

    def add(self, x):
        heapq.heappush(self.high, -heapq.heappushpop(self.low, -x))
        if len(self.high) > len(self.low):
            heapq.heappush(self.low, -heapq.heappop(self.high))
        return -self.low[0] if len(self.low) > len(self.high) else (self.high[0] - self.low[0]) / 2


cache = LRU(2)
print([cache.get(key, str.upper) for key in "abacba"], list(cache.data), cache.hits, cache.misses)
queue = TaskQueue()
for task, priority in [("write", 3), ("test", 2), ("plan", 1), ("ship", 9), ("ship", 2)]:
    queue.put(task, priority)
print([queue.pop() for _ in range(4)])
try:
    queue.pop()
except IndexError as error:
    print("error:", error)
median = RunningMedian()
print([median.add(x) for x in (5, 15, 1, 3, 8)])
history = deque(maxlen=3)
for command in "abcde":
    history.append(command)
print(list(history), heapq.nlargest(2, [4, 9, 1, 7]), list(heapq.merge([1, 4, 9], [2, 3, 10])))
