# task: Integrate the predator-prey equations with Runge-Kutta in pure Python and compare with Euler.
def derivative(state, a=1.1, b=0.4, c=0.4, d=0.1):
    prey, hunters = state
    return (a * prey - b * prey * hunters, d * prey * hunters - c * hunters)


def combine(state, slope, h):
    return tuple(x + h * k for x, k in zip(state, slope))


def euler(state, h):
    return combine(state, derivative(state), h)


def rk4(state, h):
    k1 = derivative(state)
    k2 = derivative(combine(state, k1, h / 2))
    k3 = derivative(combine(state, k2, h / 2))
    k4 = derivative(combine(state, k3, h))
    slope = tuple((p + 2 * q + 2 * r + s) / 6 for p, q, r, s in zip(k1, k2, k3, k4))
    return combine(state, slope, h)


def run(method, h=0.02, end=30.0):
    state, path = (10.0, 5.0), [(10.0, 5.0)]
    for _ in range(round(end / h)):
        state = method(state, h)
        path.append(state)
    return path


from math import log


def invariant(state):
    prey, hunters = state
    return 0.1 * prey - 0.4 * log(prey) + 0.4 * hunters - 1.1 * log(hunters)


good, rough = run(rk4), run(euler)
drift = lambda path: max(abs(invariant(s) - invariant(path[0])) for s in path)
print(f"drift of RK4 below 1e-6: {drift(good) < 1e-6}, of Euler above 0.01: {drift(rough) > 0.01}")
for t in range(0, 31, 6):
    prey, hunters = good[round(t / 0.02)]
    print(f"t={t:>2} prey {prey:6.3f} hunters {hunters:6.3f} {'#' * round(prey)}")
peaks = [i * 0.02 for i in range(1, len(good) - 1) if good[i - 1][0] < good[i][0] > good[i + 1][0]]
print("period:", round(peaks[1] - peaks[0], 1), "| stays positive:", all(min(s) > 0 for s in good))
