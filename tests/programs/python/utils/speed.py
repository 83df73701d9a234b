# task: the helpers stay cheap on 100 files, 1 MB of text and 10,000 rows
import json
from pathlib import Path

from sandbox_utils import csv_to_json, find, grep, group_by, json_to_csv, ls, mkdir, tree, wc, yaml_to_json

for n in range(100):
    folder = f"d{n % 10}"
    mkdir(folder)
    Path(folder, f"f{n}.txt").write_text(f"file {n}\n")
print(len(find("*.txt")), len(find("d1/*.txt")), tree().count("\n"), len(ls()))
line = "2026-01-02 12:00:00 INFO worker finished the job without any trouble\n"
Path("big.log").write_text((line * 99 + line.replace("INFO", "ERROR")) * 150)
print(Path("big.log").stat().st_size > 1_000_000, len(grep(r"ERROR\s+worker", "big.log")), wc("big.log"))
Path("rows.csv").write_text("id,name,value\n" + "".join(f"{n},name {n},{n * 1.5}\n" for n in range(10_000)))
rows = json.loads(csv_to_json("rows.csv", "rows.json"))
print(len(rows), rows[-1], len(group_by(rows, lambda row: row["id"][-1])))
print(json_to_csv("rows.json") == Path("rows.csv").read_text())
