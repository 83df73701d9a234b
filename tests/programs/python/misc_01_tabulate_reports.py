# task: Print the same data with tabulate in several formats, with alignment, totals and missing values.
from tabulate import tabulate

rows = [("Alice", 24, 1234.5, "2025-01-02"), ("Bob", None, 99.95, "2024-12-31"), ("Çağla", 31, -5, None)]
headers = ["name", "age", "balance", "since"]
print(tabulate(rows, headers=headers, floatfmt=",.2f", missingval="?"))
for style in ("grid", "github", "simple_outline", "html", "tsv"):
    print(f"--- {style}")
    print(tabulate(rows[:2], headers, tablefmt=style))
print(tabulate([{"a": 1, "b": 2}, {"a": 3, "c": 4}], headers="keys", showindex=True))
total = sum(row[2] for row in rows)
print(tabulate([*rows, ("TOTAL", None, total, "")], headers, tablefmt="presto", colalign=("left", "right", "right", "center")))
print(tabulate([["long text that wraps", 1]], tablefmt="plain", maxcolwidths=[10, None]))
