# task: Integrate a damped pendulum with scipy and report its period and when it comes to rest.
import numpy as np
from scipy.integrate import quad, solve_ivp

g, length, damping = 9.81, 1.0, 0.25


def motion(t, state):
    angle, speed = state
    return [speed, -g / length * np.sin(angle) - damping * speed]


solution = solve_ivp(motion, (0, 30), [np.radians(20), 0], rtol=1e-8, atol=1e-10, dense_output=True)
t = np.linspace(0, 30, 6001)
angle = solution.sol(t)[0]
crossings = t[1:][(angle[:-1] > 0) & (angle[1:] <= 0)]
print("period ~", round(float(np.diff(crossings)[:5].mean()), 2), "s; small-angle formula:", round(2 * np.pi * np.sqrt(length / g), 2))
still = t[np.abs(angle) >= np.radians(1)][-1]
print("under 1 degree after", round(float(still), 1), "s")
for second in (0, 5, 10, 20):
    print(f"t={second:>2}: envelope {np.degrees(np.abs(angle[t >= second]).max()):.2f}°")
area, error = quad(lambda x: np.exp(-(x**2)), -np.inf, np.inf)
print("Gauss integral:", round(area, 10), "sqrt(pi):", round(np.sqrt(np.pi), 10), "error small:", error < 1e-6)
