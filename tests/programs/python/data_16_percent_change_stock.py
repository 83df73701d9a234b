# task: Compute returns, volatility, drawdown and moving-average crossovers of a synthetic stock price.
import numpy as np
import pandas as pd

days = pd.bdate_range("2025-01-01", periods=120)
t = np.arange(120)
price = pd.Series(100 + 0.1 * t + 8 * np.sin(t / 9), index=days, name="close")

returns = price.pct_change().dropna()
drawdown = price / price.cummax() - 1
fast, slow = price.rolling(5).mean(), price.rolling(20).mean()
above = (fast > slow)[slow.notna()]
crosses = above.astype(int).diff()
signals = crosses[crosses.abs() == 1].map({1.0: "buy", -1.0: "sell"})

print(f"Start {price.iloc[0]:.2f}, end {price.iloc[-1]:.2f}, return {price.iloc[-1] / price.iloc[0] - 1:.2%}")
print(f"Annualised volatility: {returns.std() * np.sqrt(252):.2%}")
print(f"Largest drawdown: {drawdown.min():.2%} on {drawdown.idxmin():%Y-%m-%d}")
for day, signal in signals.items():
    print(f"{day:%Y-%m-%d} {signal} at {price[day]:.2f}")
print("Signals alternate:", bool((signals != signals.shift()).all()))
