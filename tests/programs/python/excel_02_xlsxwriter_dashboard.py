# task: Write an Excel dashboard with a chart and conditional formatting with XlsxWriter, and inspect the file.
import zipfile

import openpyxl
import xlsxwriter

data = [("Q1", 120, 90), ("Q2", 150, 110), ("Q3", 90, 130), ("Q4", 180, 140)]
book = xlsxwriter.Workbook("dashboard.xlsx")
sheet = book.add_worksheet("Data")
bold = book.add_format({"bold": True, "bottom": 1})
money = book.add_format({"num_format": "#,##0 €"})
sheet.write_row(0, 0, ["Quarter", "Sales", "Costs", "Profit"], bold)
for row, (quarter, sales, costs) in enumerate(data, start=1):
    sheet.write(row, 0, quarter)
    sheet.write_number(row, 1, sales, money)
    sheet.write_number(row, 2, costs, money)
    sheet.write_formula(row, 3, f"=B{row + 1}-C{row + 1}", money, sales - costs)
sheet.conditional_format("D2:D5", {"type": "cell", "criteria": "<", "value": 0, "format": book.add_format({"font_color": "red"})})
chart = book.add_chart({"type": "column"})
chart.add_series({"name": "Sales", "categories": "=Data!$A$2:$A$5", "values": "=Data!$B$2:$B$5"})
chart.set_title({"name": "Sales per quarter"})
sheet.insert_chart("F2", chart)
book.close()

names = zipfile.ZipFile("dashboard.xlsx").namelist()
print("parts:", sum(name.startswith("xl/") for name in names) > 5, "| chart:", "xl/charts/chart1.xml" in names)
values = openpyxl.load_workbook("dashboard.xlsx", data_only=True)["Data"]
for row in values.iter_rows(min_row=2, values_only=True):
    print(row)
print("loss in:", [row[0] for row in values.iter_rows(min_row=2, values_only=True) if row[3] < 0])
