import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
from openpyxl.styles import Font

orders = pd.read_csv("orders.csv", parse_dates=["date"])
orders["revenue"] = orders["quantity"] * orders["unit_price"]
orders["month"] = orders["date"].dt.strftime("%Y-%m")

print(f"{len(orders):,} orders, revenue {orders['revenue'].sum():,.2f}\n")
print(orders[["quantity", "unit_price", "revenue"]].describe().loc[["mean", "std", "min", "50%", "max"]].round(2))

by_product = (
    orders.groupby("product")
    .agg(orders=("order_id", "count"), units=("quantity", "sum"), revenue=("revenue", "sum"))
    .sort_values("revenue", ascending=False)
)
print(f"\n{by_product.round(2)}")

by_month = orders.pivot_table(index="month", columns="region", values="revenue", aggfunc="sum")
growth = (by_month.iloc[-1] / by_month.iloc[0] - 1).sort_values(ascending=False)
print(f"\nbest region: {growth.index[0]}, {growth.iloc[0]:+.0%} from {by_month.index[0]} to {by_month.index[-1]}")

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.5), layout="constrained")
by_month.plot(ax=left, marker="o", ms=3)
left.set(title="Revenue by month and region", xlabel="", ylabel="revenue")
left.tick_params(axis="x", rotation=45)
left.grid(alpha=0.3)
by_product["revenue"].sort_values().plot.barh(ax=right, color="tab:green")
right.set(title="Revenue by product", ylabel="")
figure.savefig("revenue.png", dpi=120)

with pd.ExcelWriter("report.xlsx", engine="openpyxl") as report:
    by_product.to_excel(report, sheet_name="products")
    by_month.to_excel(report, sheet_name="months")
    for sheet in report.sheets.values():
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for column in sheet.columns:
            sheet.column_dimensions[column[0].column_letter].width = 14

f"{orders['revenue'].sum():.2f}"
