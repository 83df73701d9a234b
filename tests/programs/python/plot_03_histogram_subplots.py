# task: Show the distribution of reaction times as histogram, box plot, violin plot and cumulative curve.
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

rng = np.random.default_rng(11)
times = rng.gamma(4, 60, 500)

fig, axes = plt.subplots(2, 2, figsize=(6, 6), constrained_layout=True)
counts, edges, _ = axes[0, 0].hist(times, bins=20, edgecolor="white")
axes[0, 0].axvline(np.median(times), color="red", linestyle="--")
axes[0, 1].boxplot(times, orientation="horizontal")
axes[1, 0].violinplot(times, showmedians=True)
axes[1, 1].plot(np.sort(times), np.linspace(0, 1, len(times)))
for ax, title in zip(axes.flat, ("histogram", "box", "violin", "cumulative")):
    ax.set_title(title)
fig.savefig("times.png")

image = Image.open("times.png")
print("format:", image.format, image.size, image.mode)
print("all values counted:", int(counts.sum()), "bins:", len(edges) - 1)
print("not blank:", len(image.convert("L").getcolors(256)) > 10)
print("titles:", [ax.get_title() for ax in fig.axes])
