# task: Scatter plot with a regression line, an error band and a colour bar, saved as PNG and SVG.
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 10, 50)
y = 2.5 * x + 4 + 3 * np.sin(x * 5)
slope, intercept = np.polyfit(x, y, 1)

fig, ax = plt.subplots()
points = ax.scatter(x, y, c=np.abs(y - (slope * x + intercept)), cmap="viridis", s=20)
ax.plot(x, slope * x + intercept, "r-", label=f"y = {slope:.2f}x + {intercept:.2f}")
ax.fill_between(x, slope * x + intercept - 3, slope * x + intercept + 3, alpha=0.15)
fig.colorbar(points, label="distance")
ax.legend(loc="upper left")
fig.savefig("fit.png")
fig.savefig("fit.svg")

root = ET.parse("fit.svg").getroot()
print("svg root:", root.tag.split("}")[1], root.get("width"), root.get("height"))
print("slope near 2.5:", abs(slope - 2.5) < 0.15, "| points:", len(points.get_offsets()))
print("axes:", len(fig.axes), "| legend:", len(ax.get_legend().get_texts()), "entry")
print("x limits around the data:", ax.get_xlim()[0] <= 0 and ax.get_xlim()[1] >= 10)
