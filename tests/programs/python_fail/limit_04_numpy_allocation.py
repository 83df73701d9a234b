# task: Create a huge matrix and invert it.
import numpy as np

matrix = np.ones((20_000, 20_000))
print(np.linalg.inv(matrix).shape)
