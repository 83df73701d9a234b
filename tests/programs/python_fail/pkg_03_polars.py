# task: Group a small table with polars.
import polars as pl

df = pl.DataFrame({"city": ["Oslo", "Rome", "Oslo"], "sales": [1, 2, 3]})
print(df.group_by("city").agg(pl.col("sales").sum()))
