# task: Sample from several distributions with a seeded generator and check the law of large numbers.
import numpy as np
from scipy import stats

rng = np.random.default_rng(12345)
n = 20_000
samples = {
    "uniform(0,10)": (rng.uniform(0, 10, n), 5, 100 / 12),
    "normal(3,2)": (rng.normal(3, 2, n), 3, 4),
    "poisson(4)": (rng.poisson(4, n), 4, 4),
    "binomial(10,.3)": (rng.binomial(10, 0.3, n), 3, 2.1),
    "exponential(2)": (rng.exponential(2, n), 2, 4),
}
for name, (values, mean, variance) in samples.items():
    z = (values.mean() - mean) / np.sqrt(variance / n)
    print(f"{name:<16} mean ok: {abs(z) < 4}, variance ok: {abs(values.var() / variance - 1) < 0.1}")
print("P(X<1.96) =", round(stats.norm.cdf(1.96), 4), "| 95 % quantile =", round(stats.norm.ppf(0.95), 4))
print("P(exactly 3 of 10 heads) =", round(stats.binom.pmf(3, 10, 0.5), 6))
print("same seed, same numbers:", np.array_equal(np.random.default_rng(5).integers(0, 99, 5), np.random.default_rng(5).integers(0, 99, 5)))
print("KS test accepts the normal sample:", stats.kstest(samples["normal(3,2)"][0], stats.norm(3, 2).cdf).pvalue > 0.001)
