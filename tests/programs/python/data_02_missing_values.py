# task: Clean a messy data set: handle missing values, duplicates and wrong types, then summarise what was done.
import io

import numpy as np
import pandas as pd

raw = """id,name,age,salary,joined
1,Alice,34,52000,2020-01-15
2,Bob,,48000,2019-07-01
3,charlie ,29,n/a,2021-03-22
3,charlie ,29,n/a,2021-03-22
4,Dana,thirty,61000,not a date
5,,41,,2018-11-30
"""
df = pd.read_csv(io.StringIO(raw), na_values=["n/a"])
print("Before:", df.shape)

n_duplicates = int(df.duplicated().sum())
df = df.drop_duplicates().copy()
df["name"] = df["name"].str.strip().str.title().fillna("Unknown")
df["age"] = pd.to_numeric(df["age"], errors="coerce")
df["joined"] = pd.to_datetime(df["joined"], errors="coerce")
median_age = df["age"].median()
missing = df.isna().sum()
df["age"] = df["age"].fillna(median_age).astype(int)
df["salary"] = df["salary"].fillna(df["salary"].mean())

print("Duplicates removed:", n_duplicates)
print("Missing before filling:")
print(missing[missing > 0].to_string())
print("Median age used:", median_age)
print(df.to_string(index=False))
assert not df[["name", "age", "salary"]].isna().any().any()
print("Invalid dates left as NaT:", int(df["joined"].isna().sum()), "| salary dtype float:", df["salary"].dtype == np.float64)
