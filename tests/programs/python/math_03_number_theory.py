# task: Prime numbers, factorisation, gcd, modular inverses and the Chinese remainder theorem without libraries.
from math import gcd, isqrt, prod


def primes_up_to(n):
    sieve = bytearray([1]) * (n + 1)
    sieve[:2] = b"\0\0"
    for p in range(2, isqrt(n) + 1):
        if sieve[p]:
            sieve[p * p :: p] = bytes(len(range(p * p, n + 1, p)))
    return [i for i, flag in enumerate(sieve) if flag]


def factorise(n):
    factors, d = {}, 2
    while d * d <= n:
        while n % d == 0:
            factors[d] = factors.get(d, 0) + 1
            n //= d
        d += 1
    if n > 1:
        factors[n] = factors.get(n, 0) + 1
    return factors


def chinese_remainder(remainders, moduli):
    total, product = 0, prod(moduli)
    for r, m in zip(remainders, moduli):
        rest = product // m
        total += r * rest * pow(rest, -1, m)
    return total % product


primes = primes_up_to(100_000)
print("primes below 100000:", len(primes), "largest:", primes[-1], "twins:", sum(b - a == 2 for a, b in zip(primes, primes[1:])))
for n in (360, 9699690, 1_000_003, 600851475143):
    print(n, "=", " * ".join(f"{p}^{e}" if e > 1 else str(p) for p, e in factorise(n).items()))
print("gcd", gcd(1071, 462), "| inverse of 3 mod 11:", pow(3, -1, 11), "| 2^1000 mod 13:", pow(2, 1000, 13))
print("soldiers:", chinese_remainder([2, 3, 2], [3, 5, 7]))
phi = lambda n: prod(p ** (e - 1) * (p - 1) for p, e in factorise(n).items())
print("phi:", [phi(n) for n in range(2, 13)])
