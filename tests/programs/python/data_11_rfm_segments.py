# task: Segment customers by recency, frequency and monetary value with quantile bins.
import pandas as pd

today = pd.Timestamp("2025-06-30")
orders = pd.DataFrame(
    {
        "customer": list("AABBBCDDDDEFFGH"),
        "date": pd.to_datetime(
            ["2025-06-01", "2025-06-20", "2025-01-05", "2025-02-05", "2025-03-05", "2024-12-01", "2025-06-25", "2025-05-25",
             "2025-04-25", "2025-03-25", "2025-06-29", "2025-02-14", "2025-05-01", "2024-10-10", "2025-03-31"]
        ),
        "value": [120, 80, 20, 30, 25, 500, 60, 70, 80, 90, 15, 200, 150, 40, 75],
    }
)
rfm = orders.groupby("customer").agg(
    recency=("date", lambda dates: (today - dates.max()).days), frequency=("date", "count"), monetary=("value", "sum")
)
rfm["R"] = pd.qcut(rfm["recency"], 4, labels=[4, 3, 2, 1]).astype(int)
rfm["F"] = rfm["frequency"].rank(method="first").pipe(pd.qcut, 4, labels=[1, 2, 3, 4]).astype(int)
rfm["M"] = pd.qcut(rfm["monetary"], 4, labels=[1, 2, 3, 4]).astype(int)
rfm["score"] = rfm[["R", "F", "M"]].sum(axis=1)


def segment(score):
    if score >= 10:
        return "champion"
    return "regular" if score >= 7 else "at risk"


rfm["segment"] = rfm["score"].map(segment)
print(rfm.sort_values(["score", "monetary"], ascending=False).to_string())
print(rfm["segment"].value_counts().sort_index().to_dict())
