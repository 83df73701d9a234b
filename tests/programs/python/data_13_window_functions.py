# task: For each department, rank employees by salary and compute running totals and the gap to the best paid.
import pandas as pd

staff = pd.DataFrame(
    {
        "dept": ["IT", "HR", "IT", "Ops", "HR", "IT", "Ops"],
        "name": ["Kim", "Lou", "Max", "Nia", "Oz", "Pat", "Quin"],
        "salary": [7200, 4100, 6100, 3900, 4100, 7200, 4500],
    }
)
groups = staff.groupby("dept")["salary"]
staff["rank"] = groups.rank(method="dense", ascending=False).astype(int)
staff["share"] = (staff["salary"] / groups.transform("sum") * 100).round(1)
staff["gap"] = groups.transform("max") - staff["salary"]
staff = staff.sort_values(["dept", "rank", "name"])
staff["running"] = staff.groupby("dept")["salary"].cumsum()
staff["previous"] = staff.groupby("dept")["name"].shift(1, fill_value="-")
print(staff.to_string(index=False))
print("Top earners:", staff.loc[staff["rank"] == 1, "name"].tolist())
print(staff.query("gap > 0 and dept != 'HR'")[["name", "gap"]].values.tolist())
