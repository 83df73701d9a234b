# task: Join customers with their orders and find customers without orders and orders without customers.
import pandas as pd

customers = pd.DataFrame(
    {"customer_id": [1, 2, 3, 4], "name": ["Ada", "Brian", "Chen", "Dora"], "tier": ["gold", "silver", "gold", "bronze"]}
)
orders = pd.DataFrame(
    {"order_id": [101, 102, 103, 104, 105], "customer_id": [1, 1, 3, 9, 2], "amount": [250.0, 75.5, 120.0, 33.3, 18.9]}
)

merged = customers.merge(orders, on="customer_id", how="outer", indicator=True)
print(merged[["customer_id", "name", "order_id", "amount", "_merge"]].to_string(index=False, na_rep="-"))

no_orders = merged.loc[merged["_merge"] == "left_only", "name"].tolist()
unknown = merged.loc[merged["_merge"] == "right_only", "order_id"].astype(int).tolist()
print("Customers without orders:", no_orders)
print("Orders of unknown customers:", unknown)

by_tier = merged.dropna(subset=["tier"]).groupby("tier").agg(customers=("name", "nunique"), total=("amount", "sum"))
by_tier["per_customer"] = (by_tier["total"] / by_tier["customers"]).round(2)
print(by_tier)
