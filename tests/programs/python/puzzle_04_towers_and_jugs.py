# task: Solve the towers of Hanoi, the water jug problem and the river crossing by breadth-first search.
from collections import deque


def hanoi(n, source="A", target="C", spare="B"):
    if n:
        yield from hanoi(n - 1, source, spare, target)
        yield source, target
        yield from hanoi(n - 1, spare, target, source)


def bfs(start, goal, moves):
    queue, came = deque([start]), {start: None}
    while queue:
        state = queue.popleft()
        if goal(state):
            path = []
            while state is not None:
                path.append(state)
                state = came[state]
            return path[::-1]
        for following in moves(state):
            if following not in came:
                came[following] = state
                queue.append(following)
    return None


steps = list(hanoi(3))
print(len(steps), " ".join(a + b for a, b in steps), "| 10 discs:", sum(1 for _ in hanoi(10)))
pegs = {"A": [3, 2, 1], "B": [], "C": []}
for a, b in steps:
    assert not pegs[b] or pegs[b][-1] > pegs[a][-1]
    pegs[b].append(pegs[a].pop())
print(pegs)

A, B = 5, 3


def pour(state):
    a, b = state
    yield from {(A, b), (a, B), (0, b), (a, 0)}
    yield a - min(a, B - b), b + min(a, B - b)
    yield a + min(b, A - a), b - min(b, A - a)


path = bfs((0, 0), lambda state: 4 in state, lambda state: sorted(pour(state)))
print("jugs:", len(path) - 1, "steps:", path)
print("impossible:", bfs((0, 0), lambda state: 7 in state, pour))


def crossing(state):
    farmer = "farmer" in state
    for cargo in [None, "wolf", "goat", "cabbage"]:
        if cargo is None or (cargo in state) == farmer:
            new = state ^ ({"farmer"} | ({cargo} if cargo else set()))
            alone = new if "farmer" not in new else frozenset({"wolf", "goat", "cabbage"}) - new
            if not ({"wolf", "goat"} <= alone or {"goat", "cabbage"} <= alone):
                yield frozenset(new)


path = bfs(frozenset({"farmer", "wolf", "goat", "cabbage"}), lambda state: not state, crossing)
carried = [sorted((a ^ b) - {"farmer"}) for a, b in zip(path, path[1:])]
print("crossings:", len(path) - 1, [cargo[0] if cargo else "alone" for cargo in carried][:1], "goat first and last:", carried[0] == carried[-1] == ["goat"])
