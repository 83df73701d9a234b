# task: Compute large factorials, Fibonacci numbers, digits of pi and e, and perfect numbers with Python integers.
import math
import sys

sys.set_int_max_str_digits(20000)
f = math.factorial(1000)
print("1000! has", len(str(f)), "digits, digit sum", sum(map(int, str(f))), "trailing zeros", len(str(f)) - len(str(f).rstrip("0")))


def fib(n):
    if n == 0:
        return 0, 1
    a, b = fib(n // 2)
    c, d = a * (2 * b - a), a * a + b * b
    return (d, c + d) if n % 2 else (c, d)


print("fib(100) =", fib(100)[0], "| fib(10000) has", len(str(fib(10000)[0])), "digits")


def pi_digits(n):
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    while n:
        if 4 * q + r - t < m * t:
            yield m
            n -= 1
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2


digits = "".join(map(str, pi_digits(60)))
print("pi =", digits[0] + "." + digits[1:])
e = sum(10**60 // math.factorial(k) for k in range(60)) // 10**10
print("e  =", str(e)[0] + "." + str(e)[1:])
print("Mersenne:", [p for p in range(2, 130) if all(p % d for d in range(2, p)) and pow(3, 2**p - 2, 2**p - 1) == 1][:12])
print(hex(2**100), (10**50).bit_length(), math.isqrt(10**40), math.comb(100, 50))
