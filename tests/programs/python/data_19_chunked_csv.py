# task: Process a large CSV in chunks so that memory stays small, and aggregate on the fly.
import os

import pandas as pd

with open("events.csv", "w") as file:
    file.write("user,kind,amount\n")
    for n in range(20_000):
        file.write(f"u{n % 50},{'buy' if n % 3 == 0 else 'view'},{n % 17}\n")

totals = None
rows = 0
for part in pd.read_csv("events.csv", chunksize=4096, dtype={"kind": "category"}):
    rows += len(part)
    sums = part.groupby(["user", "kind"], observed=True)["amount"].sum()
    totals = sums if totals is None else totals.add(sums, fill_value=0)

totals = totals.astype(int).unstack(fill_value=0)
print("File bytes:", os.path.getsize("events.csv"), "rows:", rows, "users:", len(totals))
print(totals.sort_values(["buy", "view"], ascending=False).head(3).to_string())
print("Grand total:", int(totals.to_numpy().sum()), "expected", sum(n % 17 for n in range(20_000)))
