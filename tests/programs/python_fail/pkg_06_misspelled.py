# task: Compute a mean with numpy.
import numpi as np

print(np.mean([1, 2, 3]))
