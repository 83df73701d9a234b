# task: Differentiate, integrate, take limits and expand a series with sympy.
import sympy as sp

x = sp.symbols("x")
f = sp.exp(-x) * sp.sin(2 * x)
print("f'  =", sp.simplify(sp.diff(f, x)))
F = sp.integrate(f, x)
print("∫f  =", sp.simplify(F))
print("check:", sp.simplify(sp.diff(F, x) - f) == 0)
print("∫0..oo =", sp.integrate(f, (x, 0, sp.oo)))
print("lim sin(x)/x =", sp.limit(sp.sin(x) / x, x, 0))
print("series:", sp.series(sp.cos(x), x, 0, 8))
print("factor:", sp.factor(x**4 - 5 * x**2 + 4))
print("apart:", sp.apart(1 / (x**2 - 1)))
print("latex:", sp.latex(sp.Integral(sp.sqrt(1 + x**2), x)))
