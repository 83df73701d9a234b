# task: Create an hourly temperature series, resample it to days and compute a rolling mean and daily range.
import numpy as np
import pandas as pd

index = pd.date_range("2025-03-01", periods=24 * 5, freq="h")
hours = np.arange(len(index))
temperature = 10 + 5 * np.sin((hours % 24 - 9) / 24 * 2 * np.pi) + hours / 24
series = pd.Series(temperature, index=index, name="temp")

daily = series.resample("D").agg(["min", "mean", "max"]).round(2)
daily["range"] = (daily["max"] - daily["min"]).round(2)
print(daily)

rolling = series.rolling("24h").mean()
print("Rolling mean at the end:", round(rolling.iloc[-1], 3))
hottest = series.idxmax()
print("Hottest hour:", hottest.strftime("%A %d %B %Y, %H:%M"), f"{series.max():.2f} °C")
print("Hours above 15 °C per day:", (series > 15).groupby(series.index.date).sum().tolist())
weekly = series.resample("W").mean()
print(weekly.round(3).to_dict())
