# task: Draw a bar chart and a pie chart of the votes next to each other.
import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

votes = {"Red": 412, "Green": 318, "Blue": 287, "Other": 61}
colors = ["#d62728", "#2ca02c", "#1f77b4", "#7f7f7f"]

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
bars = left.bar(list(votes), list(votes.values()), color=colors)
left.bar_label(bars)
left.set_ylim(0, 450)
wedges, texts, percents = right.pie(votes.values(), labels=votes.keys(), colors=colors, autopct="%1.1f%%", explode=[0.05, 0, 0, 0])
fig.suptitle("Votes")
plt.savefig("votes.png", dpi=80)

print("bars:", [int(bar.get_height()) for bar in bars])
print("percent:", [text.get_text() for text in percents])
print("labels:", [tick.get_text() for tick in left.get_xticklabels()])
print("written:", os.path.getsize("votes.png") > 5000, "backend:", matplotlib.get_backend().lower())
