# task: Work with exact fractions: Egyptian fractions, continued fractions and best approximations of pi.
import math
from fractions import Fraction


def egyptian(fraction):
    parts = []
    while fraction:
        unit = Fraction(1, math.ceil(1 / fraction))
        parts.append(unit)
        fraction -= unit
    return parts


def continued(x, terms):
    result = []
    for _ in range(terms):
        whole = math.floor(x)
        result.append(whole)
        if x == whole:
            break
        x = 1 / (x - whole)
    return result


for f in (Fraction(6, 7), Fraction(4, 13), Fraction(3, 4)):
    parts = egyptian(f)
    print(f, "=", " + ".join(map(str, parts)), sum(parts) == f)
print("415/93:", continued(Fraction(415, 93), 10))
print("sqrt 2:", continued(math.sqrt(2), 8))
for limit in (10, 150, 1000):
    best = Fraction(math.pi).limit_denominator(limit)
    print(best, f"error {abs(float(best) - math.pi):.1e}")
print(Fraction("0.125"), Fraction(0.5) + Fraction(1, 3), float(Fraction(1, 3)), Fraction(7, 3).__round__(), Fraction(22, 7) > math.pi)
