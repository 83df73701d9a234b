# task: Load a DataFrame into SQLite, query it with SQL through pandas and compare with pandas' own result.
import sqlite3

import pandas as pd

df = pd.DataFrame({"city": ["Rome", "Oslo", "Rome", "Paris", "Oslo"], "day": pd.date_range("2025-07-01", periods=5).strftime("%Y-%m-%d"), "temp": [31.5, 18.0, 33.0, 27.5, 21.0]})
with sqlite3.connect("weather.db") as connection:
    df.to_sql("weather", connection, index=False)
    print("rows in SQL:", connection.execute("SELECT COUNT(*) FROM weather").fetchone()[0])
    sql = pd.read_sql("SELECT city, COUNT(*) AS n, AVG(temp) AS mean FROM weather GROUP BY city ORDER BY city", connection)
    hot = pd.read_sql_query("SELECT * FROM weather WHERE temp > ? ORDER BY temp DESC", connection, params=(25,), parse_dates=["day"])
    df.assign(temp=df["temp"] + 1).to_sql("weather", connection, index=False, if_exists="append")
    print("after append:", connection.execute("SELECT COUNT(*), MAX(temp) FROM weather").fetchone())

own = df.groupby("city")["temp"].agg(n="size", mean="mean").reset_index()
print(sql.to_string(index=False))
print("same as pandas:", sql["mean"].equals(own["mean"]) and sql["n"].tolist() == own["n"].tolist())
print(hot[["city", "temp"]].values.tolist(), hot["day"].dt.day_name().iloc[0])
