# task: Plot temperature and rain with two y axes and date ticks from a pandas DataFrame.
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

days = pd.date_range("2025-04-01", periods=60)
df = pd.DataFrame({"temp": 12 + 6 * np.sin(np.arange(60) / 10), "rain": np.where(np.arange(60) % 7 == 0, 8.5, 0.0)}, index=days)

fig, ax = plt.subplots(figsize=(9, 3))
df["temp"].plot(ax=ax, color="tab:red", x_compat=True)
ax.set_ylabel("°C")
other = ax.twinx()
other.bar(df.index, df["rain"], width=0.8, alpha=0.4)
other.set_ylabel("mm")
ax.xaxis.set_major_locator(mdates.MonthLocator())
ax.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))
fig.canvas.draw()
fig.savefig("weather.png")

print("ticks:", [tick.get_text() for tick in ax.get_xticklabels()])
print("rainy days:", int((df["rain"] > 0).sum()), "total", df["rain"].sum())
print("warmest:", df["temp"].idxmax().date(), round(df["temp"].max(), 2))
monthly = df.groupby(df.index.month).agg({"temp": "mean", "rain": "sum"}).round(2)
print(monthly.to_string())
