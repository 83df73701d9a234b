# task: Run an ordinary least squares regression with statsmodels and interpret the summary.
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

x = np.arange(1, 21, dtype=float)
noise = np.tile([0.5, -0.5, 0.25, -0.25], 5)
data = pd.DataFrame({"ads": x, "price": 10 + (x % 5), "sales": 3 + 2 * x - 1.5 * (10 + (x % 5)) + noise})

model = smf.ols("sales ~ ads + price", data=data).fit()
print(model.params.round(3).to_string())
print("R²:", round(model.rsquared, 4))
print("all significant:", bool((model.pvalues[["ads", "price"]] < 0.001).all()))
low, high = model.conf_int().loc["ads"]
print("true slope 2 in the interval:", bool(low < 2 < high))
print(model.predict(pd.DataFrame({"ads": [25.0], "price": [12.0]})).round(2).tolist())
print("residuals average to zero:", abs(model.resid.mean()) < 1e-9)
