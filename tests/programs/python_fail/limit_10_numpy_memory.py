# task: Allocate a matrix that is larger than the memory limit but not absurd.
import numpy as np

matrix = np.ones((6_000, 6_000))
print(matrix.sum())
