# task: Estimate pi, an integral and the Monty Hall odds by Monte Carlo with numpy and plain Python.
import math
import random

import numpy as np

rng = np.random.default_rng(2025)
n = 400_000
points = rng.random((n, 2))
estimate = 4 * np.count_nonzero((points**2).sum(axis=1) <= 1) / n
print("pi within 0.02:", abs(estimate - math.pi) < 0.02)
x = rng.uniform(0, 2, n)
print("integral of exp(-x^2) on 0..2 within 0.01:", abs(2 * np.exp(-(x**2)).mean() - math.erf(2) * math.sqrt(math.pi) / 2) < 0.01)

random.seed(99)


def monty(switch):
    car, choice = random.randrange(3), random.randrange(3)
    opened = next(door for door in range(3) if door not in (car, choice))
    if switch:
        choice = next(door for door in range(3) if door not in (choice, opened))
    return choice == car


rounds = 20_000
wins = {switch: sum(monty(switch) for _ in range(rounds)) / rounds for switch in (True, False)}
print("switching wins two thirds:", abs(wins[True] - 2 / 3) < 0.02, "| staying one third:", abs(wins[False] - 1 / 3) < 0.02)
walk = rng.choice([-1, 1], size=(2000, 400)).cumsum(axis=1)
print("random walk spread ~ sqrt(n):", abs(walk[:, -1].std() / math.sqrt(400) - 1) < 0.1, "| even steps:", bool((walk[:, -1] % 2 == 0).all()))
needed = [len(s) for s in ()] or []
for _ in range(2000):
    seen, draws = set(), 0
    while len(seen) < 6:
        seen.add(random.randrange(6))
        draws += 1
    needed.append(draws)
print("all six faces after about 14.7 rolls:", abs(sum(needed) / len(needed) - 14.7) < 0.7)
