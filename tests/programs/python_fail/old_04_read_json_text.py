# task: Load an API response into a table.
import pandas as pd

response = """[{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}]"""
print(pd.read_json(response))
