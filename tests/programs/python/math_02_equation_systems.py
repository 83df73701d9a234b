# task: Solve linear and nonlinear systems of equations exactly and check the solutions.
from sympy import Eq, Matrix, Rational, linsolve, nsolve, solve, sqrt, symbols

x, y, z = symbols("x y z")
system = [Eq(2 * x + y - z, 8), Eq(-3 * x - y + 2 * z, -11), Eq(-2 * x + y + 2 * z, -3)]
print("linear:", linsolve(system, x, y, z))

circle_line = solve([x**2 + y**2 - 25, y - x - 1], [x, y])
print("circle and line:", sorted(circle_line))
print("quadratic:", solve(x**2 - x - 1, x), "golden:", sqrt(5) / 2 + Rational(1, 2))

A = Matrix([[4, 1], [2, 3]])
print("det", A.det(), "inverse", A.inv().tolist(), "eigenvalues", A.eigenvals())
P, D = A.diagonalize()
print("A = P D P^-1:", P * D * P.inv() == A)
print("transcendental:", nsolve(x - 2 * (1 - 2.718281828459045 ** (-x)), x, 1.5).round(6))
