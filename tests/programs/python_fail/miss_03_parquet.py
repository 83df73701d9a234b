# task: Save a table as Parquet.
import pandas as pd

pd.DataFrame({"a": [1, 2]}).to_parquet("t.parquet")
