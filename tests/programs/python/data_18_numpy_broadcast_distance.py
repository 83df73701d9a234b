# task: Compute all distances between cities with numpy broadcasting and find the nearest neighbours.
import numpy as np

cities = {"Berlin": (52.52, 13.405), "Paris": (48.857, 2.352), "Madrid": (40.417, -3.703), "Rome": (41.903, 12.496), "Vienna": (48.208, 16.373)}
names = list(cities)
lat, lon = np.radians(np.array(list(cities.values()))).T

dlat = lat[:, None] - lat
dlon = lon[:, None] - lon
a = np.sin(dlat / 2) ** 2 + np.cos(lat)[:, None] * np.cos(lat) * np.sin(dlon / 2) ** 2
km = 2 * 6371.0 * np.arcsin(np.sqrt(a))

print(" " * 7 + "".join(f"{name:>8}" for name in names))
for name, row in zip(names, km):
    print(f"{name:<7}" + "".join(f"{value:8.0f}" for value in row))
np.fill_diagonal(km, np.inf)
for name, nearest, distance in zip(names, km.argmin(axis=1), km.min(axis=1)):
    print(f"{name} -> {names[nearest]} ({distance:.0f} km)")
print("Symmetric:", np.allclose(km, km.T))
