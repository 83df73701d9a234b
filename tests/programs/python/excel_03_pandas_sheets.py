# task: Write several DataFrames to sheets of one workbook and read all of them back with pandas.
import pandas as pd

stock = pd.DataFrame({"sku": ["A1", "B2", "C3"], "qty": [5, 0, 12], "checked": pd.to_datetime(["2025-01-31", "2025-02-28", None])})
prices = pd.DataFrame({"sku": ["A1", "C3"], "price": [9.99, 120.0]})

with pd.ExcelWriter("shop.xlsx", engine="openpyxl") as writer:
    stock.to_excel(writer, sheet_name="stock", index=False)
    prices.to_excel(writer, sheet_name="prices", index=False, startrow=1)

sheets = pd.read_excel("shop.xlsx", sheet_name=None, header=None)
print({name: frame.shape for name, frame in sheets.items()})
again = pd.read_excel("shop.xlsx", sheet_name="stock")
print(again.to_string(index=False))
print("dates survive:", str(again["checked"].dtype).startswith("datetime64"), again["checked"].isna().sum())
prices_again = pd.read_excel("shop.xlsx", sheet_name="prices", skiprows=1)
value = again.merge(prices_again, on="sku", how="left").eval("qty * price").fillna(0)
print("stock value:", value.tolist(), round(value.sum(), 2))
