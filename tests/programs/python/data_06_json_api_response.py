# task: Flatten a nested JSON response into a table and compute totals per category.
import json

import pandas as pd

response = json.loads("""
{"status": "ok", "results": [
  {"id": 1, "title": "Desk", "category": {"id": 7, "name": "Furniture"}, "prices": [{"cur": "EUR", "v": 199.0}, {"cur": "USD", "v": 215.0}]},
  {"id": 2, "title": "Lamp", "category": {"id": 8, "name": "Lighting"}, "prices": [{"cur": "EUR", "v": 39.9}]},
  {"id": 3, "title": "Chair", "category": {"id": 7, "name": "Furniture"}, "prices": []}
]}
""")
items = pd.json_normalize(response["results"], sep="_").drop(columns="prices")
print(items.to_string(index=False))

prices = pd.json_normalize(response["results"], record_path="prices", meta=["id", "title"])
print(prices.to_string(index=False))

table = items.merge(prices[["id", "cur", "v"]].astype({"id": "int64"}), on="id", how="left")
print(table.groupby(["category_name", "cur"], dropna=False)["v"].sum().reset_index().to_string(index=False))
print(json.dumps(json.loads(items.to_json(orient="records"))[0], sort_keys=True))
