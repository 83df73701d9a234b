# task: Reshape a wide table of yearly values into long form, compute growth, and back again.
import pandas as pd

wide = pd.DataFrame(
    {"country": ["Norway", "Chile", "Japan"], "2021": [5.39, 19.49, 125.7], "2022": [5.43, 19.60, 125.1], "2023": [5.49, 19.63, 124.5]}
)
long = wide.melt(id_vars="country", var_name="year", value_name="population")
long["year"] = long["year"].astype(int)
long = long.sort_values(["country", "year"]).reset_index(drop=True)
long["growth_pct"] = long.groupby("country")["population"].pct_change().mul(100).round(2)
print(long.to_string(index=False, na_rep=""))

growing = long.groupby("country")["growth_pct"].apply(lambda values: bool((values.dropna() > 0).all()))
print(growing.to_dict())
back = long.pivot(index="country", columns="year", values="population").rename(columns=str).reset_index()
back.columns.name = None
print(back.sort_values("country").equals(wide.sort_values("country").reset_index(drop=True)))
stacked = wide.set_index("country").stack()
print(stacked.loc[("Japan", "2023")], stacked.shape)
