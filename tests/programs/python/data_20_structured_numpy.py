# task: Store particles in a structured numpy array, update them vectorised and save and load the array.
import numpy as np

particle = np.dtype([("id", "i4"), ("pos", "f8", 2), ("vel", "f8", 2), ("alive", "?")])
p = np.zeros(5, dtype=particle)
p["id"] = np.arange(5)
p["pos"] = np.column_stack([np.linspace(0, 4, 5), np.zeros(5)])
p["vel"] = [[1, 0.5], [0, 1], [-1, 0], [2, 2], [0.5, -1]]
p["alive"] = True

for step in range(4):
    p["pos"][p["alive"]] += p["vel"][p["alive"]] * 0.5
    outside = (p["pos"] < -1).any(axis=1) | (p["pos"] > 5).any(axis=1)
    p["alive"] &= ~outside

for row in p:
    print(row["id"], row["pos"].tolist(), "alive" if row["alive"] else "gone")
np.savez("particles.npz", p=p)
again = np.load("particles.npz")["p"]
print("Round trip:", np.array_equal(p, again), again.dtype.names, "itemsize", again.itemsize)
print("Speed of the living:", np.linalg.norm(again["vel"][again["alive"]], axis=1).round(3).tolist())
