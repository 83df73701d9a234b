# task: Convert a flat CSV of order lines into nested JSON grouped by order, with totals.
import csv
import json
from itertools import groupby

with open("lines.csv", "w", newline="") as file:
    writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(["order", "customer", "sku", "qty", "price"])
    writer.writerows([
        (1001, "Ann, Ltd.", "A-1", 2, "9.90"), (1001, "Ann, Ltd.", "B-2", 1, "20.00"),
        (1002, 'Bob "B" Brown', "A-1", 5, "9.50"), (1003, "Çelik", "C-3", 1, "100"),
    ])

with open("lines.csv", newline="") as file:
    rows = list(csv.DictReader(file))

orders = []
for (number, customer), group in groupby(rows, key=lambda row: (row["order"], row["customer"])):
    lines = [{"sku": row["sku"], "qty": int(row["qty"]), "price": float(row["price"])} for row in group]
    orders.append({"id": int(number), "customer": customer, "lines": lines, "total": round(sum(l["qty"] * l["price"] for l in lines), 2)})

text = json.dumps({"orders": orders}, indent=1, ensure_ascii=False)
print(text)
assert json.loads(text)["orders"] == orders
print("grand total:", sum(order["total"] for order in orders))
