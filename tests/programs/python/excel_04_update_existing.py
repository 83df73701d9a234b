# task: Open an existing workbook, update cells, add a totals row per sheet, rename and copy sheets.
from datetime import date

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

wb = Workbook()
wb.remove(wb.active)
for name, rows in {"Jan": [("rent", 900), ("food", 310.5)], "Feb": [("rent", 900), ("food", 287.25), ("trip", 420)]}.items():
    ws = wb.create_sheet(name)
    ws.append(["what", "amount"])
    for row in rows:
        ws.append(row)
wb.save("budget.xlsx")

wb = load_workbook("budget.xlsx")
for ws in wb:
    total = sum(cell.value for cell in ws["B"][1:])
    ws.append(["total", total])
    ws.cell(ws.max_row, 2).comment = Comment("computed", "script")
    ws["D1"] = date(2025, 3, 1)
copy = wb.copy_worksheet(wb["Feb"])
copy.title = "Mar (plan)"
wb["Jan"].insert_rows(2)
wb["Jan"].merge_cells("A2:B2")
wb["Jan"]["A2"] = "January expenses"
wb.save("budget2.xlsx")

final = load_workbook("budget2.xlsx")
print(final.sheetnames)
for ws in final:
    print(ws.title, [[cell for cell in row if cell is not None] for row in ws.iter_rows(max_col=2, values_only=True)])
print(final["Jan"].merged_cells.ranges, final["Feb"]["D1"].value, final["Feb"].cell(5, 2).comment.text)
