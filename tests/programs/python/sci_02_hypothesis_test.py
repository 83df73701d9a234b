# task: Compare two groups of an A/B test with a t-test, Mann-Whitney U and a chi-squared test.
import numpy as np
from scipy import stats

control = np.array([12.1, 11.8, 13.0, 12.5, 11.9, 12.7, 12.2, 12.9])
variant = np.array([13.4, 13.1, 12.8, 14.0, 13.6, 13.9, 13.2, 12.9])

t = stats.ttest_ind(control, variant, equal_var=False)
u = stats.mannwhitneyu(control, variant, alternative="two-sided")
print(f"means: {control.mean():.3f} vs {variant.mean():.3f}")
print(f"Welch t = {t.statistic:.3f}, p = {t.pvalue:.5f}")
print(f"Mann-Whitney U = {u.statistic:.1f}, p = {u.pvalue:.5f}")

clicks = np.array([[120, 880], [160, 840]])
chi2, p, dof, expected = stats.chi2_contingency(clicks, correction=False)
print(f"chi² = {chi2:.4f}, dof = {dof}, p = {p:.5f}")
print("expected:", expected.tolist())
print("significant at 5 %:", bool(t.pvalue < 0.05 and u.pvalue < 0.05 and p < 0.05))
low, high = stats.t.interval(0.95, len(control) - 1, control.mean(), stats.sem(control))
print(f"95 % interval of the control mean: {low:.2f} to {high:.2f}")
