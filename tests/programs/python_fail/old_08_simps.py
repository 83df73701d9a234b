# task: Integrate with Simpson's rule.
from scipy.integrate import simps

print(simps([0, 1, 4], dx=1))
