# task: Describe the columns of a table.
import pandas as pd

df = pd.DataFrame({"city": ["Oslo", "Rome"], "inhabitants": [700_000, 2_800_000]})
print(df.mean())
