# task: Collect results row by row.
import pandas as pd

df = pd.DataFrame(columns=["name", "score"])
for name, score in [("Ann", 3), ("Bob", 5)]:
    df = df.append({"name": name, "score": score}, ignore_index=True)
print(df)
