# task: Use seaborn to compare tips by day and smoker status, with a statistics table.
import os

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

tips = pd.DataFrame(
    {
        "day": ["Thu", "Thu", "Fri", "Fri", "Sat", "Sat", "Sun", "Sun"] * 3,
        "smoker": ["yes", "no"] * 12,
        "bill": [10 + (n * 7) % 30 for n in range(24)],
    }
)
tips["tip"] = (tips["bill"] * 0.15 + (tips["smoker"] == "no") * 0.5).round(2)

sns.set_theme(style="whitegrid")
ax = sns.barplot(data=tips, x="day", y="tip", hue="smoker", errorbar=None)
ax.set_title("Average tip")
plt.savefig("tips.png")
plt.close()

print("bars:", sum(len(container) for container in ax.containers))
print("legend:", [text.get_text() for text in ax.get_legend().get_texts()])
print(tips.pivot_table(index="day", columns="smoker", values="tip", sort=False).round(3))
print("file:", os.path.exists("tips.png"))
