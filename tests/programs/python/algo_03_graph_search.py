# task: Solve a maze with BFS and A*, count islands with DFS and detect cycles with union-find.
import heapq
from collections import deque

maze = """
S.#.....
..#.###.
.##.#...
....#.#.
.####.#.
......#E
""".split()
rows, columns = len(maze), len(maze[0])
find = lambda letter: next((r, line.index(letter)) for r, line in enumerate(maze) if letter in line)
start, end = find("S"), find("E")


def around(cell):
    for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        r, c = cell[0] + dr, cell[1] + dc
        if 0 <= r < rows and 0 <= c < columns and maze[r][c] != "#":
            yield r, c


def bfs():
    came, queue = {start: None}, deque([start])
    while queue:
        cell = queue.popleft()
        if cell == end:
            break
        for neighbour in around(cell):
            if neighbour not in came:
                came[neighbour] = cell
                queue.append(neighbour)
    path, cell = [], end
    while cell:
        path.append(cell)
        cell = came[cell]
    return path[::-1], len(came)


def a_star():
    guess = lambda cell: abs(cell[0] - end[0]) + abs(cell[1] - end[1])
    heap, cost = [(guess(start), 0, start)], {start: 0}
    while heap:
        _, steps, cell = heapq.heappop(heap)
        if cell == end:
            return steps
        for neighbour in around(cell):
            if steps + 1 < cost.get(neighbour, 10**9):
                cost[neighbour] = steps + 1
                heapq.heappush(heap, (steps + 1 + guess(neighbour), steps + 1, neighbour))


path, visited = bfs()
print("shortest:", len(path) - 1, "A* agrees:", a_star() == len(path) - 1, "visited", visited)
for r, line in enumerate(maze):
    print("".join("*" if (r, c) in path and char == "." else char for c, char in enumerate(line)))

sea = ["11000", "11010", "00011", "10000"]
land = {(r, c) for r, line in enumerate(sea) for c, char in enumerate(line) if char == "1"}
sizes = []
while land:
    stack, size = [land.pop()], 0
    while stack:
        r, c = stack.pop()
        size += 1
        for cell in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
            if cell in land:
                land.remove(cell)
                stack.append(cell)
    sizes.append(size)
print("islands:", sorted(sizes))

parent = {}


def root(x):
    while parent.setdefault(x, x) != x:
        parent[x] = x = parent[parent[x]]
    return x


for a, b in [("a", "b"), ("c", "d"), ("b", "c"), ("d", "a"), ("e", "f")]:
    if root(a) == root(b):
        print("edge", a, b, "closes a cycle")
    parent[root(a)] = root(b)
print("components:", len({root(x) for x in list(parent)}))
