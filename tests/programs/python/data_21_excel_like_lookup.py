# task: Grade students: look up letter grades by bands, weight exams, rank with ties and export to Markdown.
import numpy as np
import pandas as pd

scores = pd.DataFrame({"student": ["Ada", "Ben", "Cai", "Dov", "Eli"], "mid": [78, 92, 65, 88, 92], "final": [82, 95, 58, np.nan, 95], "bonus": [0, 2, 5, 0, 2]})
bands = pd.DataFrame({"low": [0.0, 60, 70, 80, 90], "grade": list("FDCBA")})
scores["final"] = scores["final"].fillna(0)
scores["total"] = (0.4 * scores["mid"] + 0.6 * scores["final"] + scores["bonus"]).clip(upper=100).round(1)
graded = pd.merge_asof(scores.sort_values("total"), bands, left_on="total", right_on="low").sort_values(["total", "student"], ascending=[False, True])
graded["rank"] = graded["total"].rank(method="min", ascending=False).astype(int)
result = graded[["rank", "student", "total", "grade"]].reset_index(drop=True)
print(result.to_markdown(index=False))
print(result.groupby("grade")["student"].apply(", ".join).to_dict())
curve = np.interp(result["total"], [result["total"].min(), result["total"].max()], [50, 100]).round(1)
print("curved:", curve.tolist())
print(result.style.__class__.__name__ if hasattr(pd.DataFrame, "style") else "no style", len(result.to_html().splitlines()) > 10)
