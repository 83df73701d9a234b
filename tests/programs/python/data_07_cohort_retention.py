# task: Build a monthly cohort retention table from a log of user visits.
import pandas as pd

visits = pd.DataFrame(
    [
        ("u1", "2025-01-04"), ("u1", "2025-02-10"), ("u1", "2025-03-03"),
        ("u2", "2025-01-20"), ("u2", "2025-03-15"),
        ("u3", "2025-01-31"),
        ("u4", "2025-02-01"), ("u4", "2025-03-09"),
        ("u5", "2025-02-14"),
        ("u6", "2025-03-30"),
    ],
    columns=["user", "day"],
)
visits["month"] = pd.to_datetime(visits["day"]).dt.to_period("M")
visits["cohort"] = visits.groupby("user")["month"].transform("min")
visits["age"] = (visits["month"] - visits["cohort"]).apply(lambda offset: offset.n)

counts = visits.groupby(["cohort", "age"])["user"].nunique().unstack(fill_value=0)
retention = counts.div(counts[0], axis=0).mul(100).round(1)
print(counts)
print()
print(retention.to_string(float_format=lambda value: f"{value:.1f}%"))
print("Average retention after a month:", round(retention.loc[["2025-01", "2025-02"], 1].mean(), 2), "%")
