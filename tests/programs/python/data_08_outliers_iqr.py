# task: Detect outliers in sensor readings with the IQR rule and z-scores, and compare both.
import numpy as np
import pandas as pd

rng = np.random.default_rng(7)
readings = pd.Series(np.round(rng.normal(50, 2, size=200), 3))
readings.iloc[[10, 50, 120]] = [80.0, 20.5, 65.0]

q1, q3 = readings.quantile([0.25, 0.75])
iqr = q3 - q1
low, high = q1 - 1.5 * iqr, q3 + 1.5 * iqr
by_iqr = readings[(readings < low) | (readings > high)]

z = (readings - readings.mean()) / readings.std()
by_z = readings[z.abs() > 3]

planted = {10, 50, 120}
print("IQR finds all planted:", planted <= set(by_iqr.index), "| z finds:", sorted(set(by_z.index) & planted))
print("z outliers are IQR outliers too:", set(by_z.index) <= set(by_iqr.index))
clean = readings.drop(by_iqr.index)
print(f"Before: max {readings.max():.1f}, min {readings.min():.1f}")
print("After within fences:", bool(clean.between(low, high).all()), "| spread fell:", bool(clean.std() < readings.std()))
print("Mean close to 50:", abs(clean.mean() - 50) < 0.5)
