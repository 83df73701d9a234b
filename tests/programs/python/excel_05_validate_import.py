# task: Validate rows of an uploaded Excel sheet and write an error report sheet with the invalid rows highlighted.
import re
from datetime import datetime

from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill

wb = Workbook()
ws = wb.active
for row in [
    ["email", "birthday", "score"],
    ["ann@example.com", datetime(1990, 5, 1), 88],
    ["bob[at]example.com", datetime(1985, 2, 3), 91],
    ["cy@example.org", "not a date", 75],
    ["dee@example.org", datetime(2001, 12, 31), 140],
    [None, None, None],
]:
    ws.append(row)
wb.save("upload.xlsx")

wb = load_workbook("upload.xlsx")
ws = wb.active
errors = []
for number, (email, birthday, score) in enumerate(ws.iter_rows(min_row=2, values_only=True), start=2):
    if email is None and birthday is None and score is None:
        continue
    if not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", str(email)):
        errors.append((number, "email", f"bad address {email!r}"))
    if not isinstance(birthday, datetime):
        errors.append((number, "birthday", f"not a date: {birthday!r}"))
    if not isinstance(score, int) or not 0 <= score <= 100:
        errors.append((number, "score", f"out of range: {score}"))
report = wb.create_sheet("errors")
report.append(["row", "column", "problem"])
for error in errors:
    report.append(error)
    for cell in ws[error[0]]:
        cell.fill = PatternFill("solid", fgColor="FFC7CE")
wb.save("checked.xlsx")
for row in load_workbook("checked.xlsx")["errors"].iter_rows(values_only=True):
    print(row)
print("highlighted:", [row[0].row for row in ws.iter_rows() if row[0].fill.fgColor.rgb.endswith("FFC7CE")])
