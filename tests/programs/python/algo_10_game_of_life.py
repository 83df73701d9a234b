# task: Simulate Conway's Game of Life with sets and numpy, and recognise still lifes, oscillators and gliders.
from collections import Counter

import numpy as np


def step(cells):
    counts = Counter((x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)
    return {cell for cell, n in counts.items() if n == 3 or n == 2 and cell in cells}


def parse(text):
    return {(x, y) for y, line in enumerate(text.split()) for x, char in enumerate(line) if char == "#"}


def classify(cells, limit=20):
    seen, current = [cells], cells
    for age in range(1, limit):
        current = step(current)
        if not current:
            return f"dies after {age}"
        if current in seen:
            return "still life" if current == seen[-1] else f"oscillator of period {age - seen.index(current)}"
        corner = lambda c: (min(x for x, _ in c), min(y for _, y in c))
        (ax, ay), (bx, by) = corner(cells), corner(current)
        if {(x - bx, y - by) for x, y in current} == {(x - ax, y - ay) for x, y in cells}:
            return f"spaceship moving {bx - ax, by - ay} in {age}"
        seen.append(current)
    return "unknown"


patterns = {"block": "## ##", "blinker": "###", "glider": ".#. ..# ###", "beehive": ".##. #..# .##.", "toad": ".### ###.", "lonely": "#", "row5": "#####"}
for name, text in patterns.items():
    print(f"{name:<8} {classify(parse(text))}")
glider = parse(patterns["glider"])
for _ in range(4):
    glider = step(glider)
for y in range(5):
    print("".join("#" if (x, y) in glider else "." for x in range(5)))

grid = np.zeros((12, 12), dtype=int)
for x, y in parse(".## ##. .#."):
    grid[y + 5, x + 5] = 1
cells = {(x, y) for y, x in np.argwhere(grid)}
for _ in range(3):
    neighbours = sum(np.roll(np.roll(grid, i, 0), j, 1) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j)
    grid = ((neighbours == 3) | ((grid == 1) & (neighbours == 2))).astype(int)
    cells = step(cells)
print("set and numpy agree:", {(int(x), int(y)) for y, x in np.argwhere(grid)} == cells, "alive:", len(cells))
