# task: Cluster words by edit distance with scipy's hierarchical clustering and print the groups.
from itertools import combinations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, previous = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (x != y)))
    return row[-1]


words = ["color", "colour", "colors", "theatre", "theater", "centre", "center", "banana", "bananas"]
n = len(words)
distance = np.zeros((n, n))
for i, j in combinations(range(n), 2):
    distance[i, j] = distance[j, i] = edit_distance(words[i], words[j])
tree = linkage(squareform(distance), method="average")
labels = fcluster(tree, t=2.5, criterion="distance")
groups = {}
for word, label in zip(words, labels):
    groups.setdefault(label, []).append(word)
for members in sorted(groups.values()):
    print(members)
print("first merge at distance", tree[0, 2], "| closest to 'colur':", min(words, key=lambda word: edit_distance(word, "colur")))
