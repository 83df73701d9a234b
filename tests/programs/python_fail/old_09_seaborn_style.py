# task: Plot with a nicer style.
import matplotlib.pyplot as plt

plt.style.use("seaborn-whitegrid")
plt.plot([1, 2, 3])
