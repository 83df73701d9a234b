# task: Fit an exponential decay to noisy measurements with scipy and report the half-life.
import numpy as np
from scipy.optimize import curve_fit


def decay(t, amount, rate, background):
    return amount * np.exp(-rate * t) + background


t = np.linspace(0, 10, 40)
noise = 0.05 * np.sin(t * 37)  # reproducible "noise"
measured = decay(t, 5.0, 0.7, 0.5) + noise

params, covariance = curve_fit(decay, t, measured, p0=(1, 1, 0))
errors = np.sqrt(np.diag(covariance))
for name, value, error in zip(("amount", "rate", "background"), params, errors):
    print(f"{name:<10} {value:6.2f} ± {error:.2f}")
print(f"half-life: {np.log(2) / params[1]:.2f}")
residual = measured - decay(t, *params)
r2 = 1 - (residual**2).sum() / ((measured - measured.mean()) ** 2).sum()
print("R² above 0.99:", bool(r2 > 0.99))
