# task: Convert JSON lines with broken rows to a clean JSON list, reporting the broken lines, and to a Markdown table.
import json

log = '''{"user": "ann", "ms": 12, "ok": true}
{"user": "bob", "ms": 48.5, "ok": false, "error": "time\\u00e9"}
not json
{"user": "cy", "ms": 7, "ok": true,}

{"user": "dee", "ms": null, "ok": true}
'''
rows, broken = [], []
for number, line in enumerate(log.splitlines(), 1):
    if not line.strip():
        continue
    try:
        rows.append(json.loads(line))
    except json.JSONDecodeError as error:
        broken.append((number, error.msg, error.pos))

with open("clean.json", "w", encoding="utf-8") as file:
    json.dump(rows, file, ensure_ascii=False, separators=(",", ":"))
print(open("clean.json", encoding="utf-8").read())
for number, message, position in broken:
    print(f"line {number}: {message} at {position}")
columns = list(dict.fromkeys(key for row in rows for key in row))
print("| " + " | ".join(columns) + " |")
print("|" + "---|" * len(columns))
for row in rows:
    print("| " + " | ".join("" if row.get(key) is None else str(row[key]) for key in columns) + " |")
values = [row["ms"] for row in rows if row["ms"] is not None]
print("mean ms:", sum(values) / len(values))
