# task: Make an array of floats.
import numpy as np

print(np.array([1, 2, 3], dtype=np.float))
