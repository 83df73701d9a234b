# task: Read a CSV of sales, compute revenue per region and product, and print a summary table.
import pandas as pd
from pathlib import Path

Path("sales.csv").write_text(
    """date,region,product,units,price
2025-01-03,North,Widget,10,2.50
2025-01-05,South,Widget,4,2.50
2025-01-09,North,Gadget,1,19.99
2025-02-02,East,Gizmo,7,7.25
2025-02-11,South,Gadget,3,18.50
2025-02-20,East,Widget,20,2.25
2025-03-01,North,Gizmo,2,7.25
"""
)

df = pd.read_csv("sales.csv", parse_dates=["date"])
df["revenue"] = df["units"] * df["price"]

print("Total revenue: $%.2f" % df["revenue"].sum())
print()
print("Revenue by region:")
print(df.groupby("region")["revenue"].sum().sort_values(ascending=False).to_string())
print()
pivot = df.pivot_table(index="region", columns="product", values="revenue", aggfunc="sum", fill_value=0)
print(pivot.round(2))
print()
monthly = df.groupby(df["date"].dt.to_period("M"))["units"].agg(["sum", "mean"])
print(monthly)
best = df.loc[df["revenue"].idxmax()]
print(f"\nBest sale: {best['product']} in {best['region']} on {best['date']:%Y-%m-%d} (${best['revenue']:.2f})")
