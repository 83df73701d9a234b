# task: Find roots and minima of a function and solve a small linear programme.
import numpy as np
from scipy.optimize import brentq, linprog, minimize


def f(x):
    return x**3 - 2 * x - 5


root = brentq(f, 2, 3)
print(f"root: {root:.10f}, f(root) ~ 0: {abs(f(root)) < 1e-9}")

result = minimize(lambda v: (1 - v[0]) ** 2 + 100 * (v[1] - v[0] ** 2) ** 2, x0=[-1.2, 1.0], method="BFGS")
print("Rosenbrock minimum:", np.round(result.x, 4).tolist())

# maximise 20 chairs + 30 tables under wood and labour limits
plan = linprog(c=[-20, -30], A_ub=[[1, 2], [3, 2]], b_ub=[40, 60], bounds=[(0, None), (0, None)])
chairs, tables = plan.x
print(f"chairs {chairs:.1f}, tables {tables:.1f}, profit {-plan.fun:.2f}, status {plan.status}")
