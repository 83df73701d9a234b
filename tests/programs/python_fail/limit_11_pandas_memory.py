# task: Make a table of ten million rows.
import numpy as np
import pandas as pd

df = pd.DataFrame({f"c{n}": np.arange(10_000_000, dtype="float64") for n in range(8)})
print(df.describe())
