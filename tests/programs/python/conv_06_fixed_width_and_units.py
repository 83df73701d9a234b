# task: Parse a fixed-width report with units and convert everything to SI units in a CSV.
import csv
import re
import sys

report = """\
ID    NAME          WEIGHT    LENGTH   TEMP
0001  Steel beam    120 lb    10 ft    68 F
0002  Copper wire   2.5 kg    300 m    25 C
0003  Glass pane    500 g     1.2 yd   
0004  Bad row       heavy     3 in     10 K
"""
MASS = {"lb": 0.45359237, "kg": 1, "g": 0.001}
LENGTH = {"ft": 0.3048, "m": 1, "yd": 0.9144, "in": 0.0254}
columns = [(match.group(), match.start()) for match in re.finditer(r"\S+", report.splitlines()[0])]
bounds = [start for _, start in columns] + [None]


def convert(text, factors):
    match = re.fullmatch(r"([\d.]+)\s*(\w+)", text)
    if not match or match[2] not in factors:
        return None
    return round(float(match[1]) * factors[match[2]], 4)


def kelvin(text):
    match = re.fullmatch(r"(-?[\d.]+)\s*([FCK])", text)
    if not match:
        return None
    value = float(match[1])
    return round({"F": (value - 32) * 5 / 9 + 273.15, "C": value + 273.15, "K": value}[match[2]], 2)


writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["id", "name", "kg", "m", "kelvin"])
errors = []
for line in report.splitlines()[1:]:
    cells = [line[a:b].strip() for a, b in zip(bounds, bounds[1:])]
    row = [int(cells[0]), cells[1], convert(cells[2], MASS), convert(cells[3], LENGTH), kelvin(cells[4])]
    errors += [f"row {cells[0]}: {name} missing" for name, value in zip(("kg", "m", "kelvin"), row[2:]) if value is None]
    writer.writerow(row)
print("\n".join(errors))
