# task: Fill the gaps in a series of measurements.
import pandas as pd

values = pd.Series([1.0, None, 3.0])
print(values.fillna(method="ffill"))
