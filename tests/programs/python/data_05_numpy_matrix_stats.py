# task: Normalise a matrix of exam scores, rank the students and find correlated subjects with numpy.
import numpy as np

students = np.array(["Ana", "Ben", "Cleo", "Dev", "Eve"])
subjects = ["math", "physics", "art"]
scores = np.array([[90, 85, 60], [70, 65, 95], [88, 92, 70], [55, 60, 80], [75, 78, 85]], dtype=float)

z = (scores - scores.mean(axis=0)) / scores.std(axis=0, ddof=1)
print("Column means:", np.round(scores.mean(axis=0), 2))
print("z-scores sum to zero:", np.allclose(z.sum(axis=0), 0))

weights = np.array([0.5, 0.3, 0.2])
total = scores @ weights
for place, i in enumerate(np.argsort(-total), 1):
    print(f"{place}. {students[i]:<5} {total[i]:6.2f}")

corr = np.corrcoef(scores, rowvar=False)
print(np.array2string(corr, precision=3, suppress_small=True))
i, j = np.unravel_index(np.argmin(corr), corr.shape)
print(f"Least related: {subjects[i]} and {subjects[j]} ({corr[i, j]:.3f})")
print("Above average in everything:", students[(scores > scores.mean(axis=0)).all(axis=1)].tolist())
