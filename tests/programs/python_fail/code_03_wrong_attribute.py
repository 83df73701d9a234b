# task: Append a row to a DataFrame the old way.
import pandas as pd

df = pd.DataFrame({"a": [1]})
df = df.append({"a": 2}, ignore_index=True)
print(df)
