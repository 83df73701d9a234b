# task: Create an Excel invoice with formulas, formats and column widths, then read it back.
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

items = [("Consulting", 12, 95.0), ("Travel", 2, 140.5), ("Licence", 1, 499.0)]
wb = Workbook()
ws = wb.active
ws.title = "Invoice"
ws.append(["Item", "Qty", "Price", "Total"])
for row, (name, quantity, price) in enumerate(items, start=2):
    ws.append([name, quantity, price, f"=B{row}*C{row}"])
last = ws.max_row
ws.append(["Sum", None, None, f"=SUM(D2:D{last})"])
for cell in ws[1]:
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="4472C4")
    cell.alignment = Alignment(horizontal="center")
for column in range(1, 5):
    ws.column_dimensions[get_column_letter(column)].width = 14
for row in ws.iter_rows(min_row=2, min_col=3, max_col=4):
    for cell in row:
        cell.number_format = "#,##0.00"
ws.freeze_panes = "A2"
wb.save("invoice.xlsx")

back = load_workbook("invoice.xlsx")["Invoice"]
for row in back.iter_rows(values_only=True):
    print(row)
print(back.dimensions, back["A1"].font.bold, back["C3"].number_format, back.freeze_panes, back.column_dimensions["B"].width)
print("expected total:", sum(q * p for _, q, p in items))
