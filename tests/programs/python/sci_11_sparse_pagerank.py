# task: Compute PageRank of a small web with a scipy sparse matrix and power iteration.
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import eigs

links = {"home": ["about", "shop", "blog"], "about": ["home"], "shop": ["home", "cart"], "cart": ["shop"], "blog": ["home", "about", "shop"]}
pages = list(links)
index = {page: i for i, page in enumerate(pages)}
rows, columns, values = [], [], []
for page, targets in links.items():
    for target in targets:
        rows.append(index[target])
        columns.append(index[page])
        values.append(1 / len(targets))
matrix = csr_matrix((values, (rows, columns)), shape=(len(pages), len(pages)))

rank = np.full(len(pages), 1 / len(pages))
for iteration in range(1, 200):
    new = 0.85 * (matrix @ rank) + 0.15 / len(pages)
    if np.abs(new - rank).sum() < 1e-10:
        break
    rank = new
print("stored values:", matrix.nnz, "| converged:", iteration < 199, "| sum:", round(rank.sum(), 6))
for i in np.argsort(-rank):
    print(f"{pages[i]:<6} {rank[i]:.4f}")
largest = max(abs(value) for value in eigs(matrix, k=1, return_eigenvectors=False))
print("largest eigenvalue:", round(float(largest), 6))
