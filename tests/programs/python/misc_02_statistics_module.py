# task: Analyse marks with the statistics module: averages, spread, quantiles, regression and normal distribution.
import statistics as st
from fractions import Fraction

marks = [72, 85, 90, 64, 85, 78, 92, 55, 85, 70]
print("mean", st.mean(marks), "median", st.median(marks), "mode", st.mode(marks), "low/high", st.median_low(marks), st.median_high(marks))
print("stdev", round(st.stdev(marks), 4), "pvariance", st.pvariance(marks), "fmean", st.fmean(marks, weights=range(1, 11)))
print("quartiles", st.quantiles(marks, n=4), "inclusive", st.quantiles(marks, n=4, method="inclusive"))
print(st.multimode("aabbc"), st.harmonic_mean([40, 60]), round(st.geometric_mean([1, 10, 100]), 6), st.mean([Fraction(1, 3), Fraction(2, 3)]))
hours = [1, 2, 3, 4, 5]
scores = [52, 57, 61, 68, 72]
slope, intercept = st.linear_regression(hours, scores)
print(f"score = {slope:.2f} * hours + {intercept:.2f}, r = {st.correlation(hours, scores):.4f}, cov = {st.covariance(hours, scores)}")
height = st.NormalDist(mu=175, sigma=7)
print(f"over 190: {1 - height.cdf(190):.4f}, top 10 %: {height.inv_cdf(0.9):.2f}, overlap: {height.overlap(st.NormalDist(168, 6)):.3f}")
print(st.NormalDist.from_samples(marks).mean, height + 5, height.zscore(182))
try:
    st.mean([])
except st.StatisticsError as error:
    print("error:", error)
bins = {low: sum(low <= mark < low + 10 for mark in marks) for low in range(50, 100, 10)}
for low, n in bins.items():
    print(f"{low}-{low + 9} {'*' * n}")
