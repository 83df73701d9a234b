# task: Sum sales by month.
import pandas as pd

sales = pd.Series(range(90), index=pd.date_range("2026-01-01", periods=90))
print(sales.resample("M").sum())
