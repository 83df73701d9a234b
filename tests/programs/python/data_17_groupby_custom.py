# task: Summarise web server hits per page with custom aggregations, percentiles and named results.
import pandas as pd

hits = pd.DataFrame(
    {
        "page": ["/", "/", "/", "/login", "/login", "/api", "/api", "/api", "/api"],
        "status": [200, 200, 500, 200, 401, 200, 200, 503, 200],
        "ms": [12, 18, 240, 35, 22, 5, 7, 900, 6],
    }
)
summary = hits.groupby("page").agg(
    hits=("ms", "size"),
    p50=("ms", "median"),
    p90=("ms", lambda values: values.quantile(0.9)),
    errors=("status", lambda codes: int((codes >= 500).sum())),
)
summary["error_rate"] = (summary["errors"] / summary["hits"]).map("{:.0%}".format)
print(summary)
slowest = hits.loc[hits.groupby("page")["ms"].idxmax()].set_index("page")["ms"]
print(slowest.to_dict())
buckets = pd.cut(hits["ms"], bins=[0, 10, 50, 250, 1000], labels=["fast", "ok", "slow", "awful"])
print(buckets.value_counts(sort=False).to_dict())
print(hits.groupby("page").filter(lambda group: group["status"].max() < 500)["page"].unique().tolist())
