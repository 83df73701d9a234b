# task: Convert numbers between bases, Roman numerals, English words and time units.
def to_base(n, base):
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    if n == 0:
        return "0"
    sign, n, out = "-" * (n < 0), abs(n), ""
    while n:
        n, rest = divmod(n, base)
        out = digits[rest] + out
    return sign + out


ROMAN = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]


def roman(n):
    out = ""
    for value, letters in ROMAN:
        out += letters * (n // value)
        n %= value
    return out


def from_roman(text):
    values = [dict((l, v) for v, l in ROMAN if len(l) == 1)[c] for c in text]
    return sum(-v if v < max(values[i + 1 :], default=0) and values[i + 1] > v else v for i, v in enumerate(values))


ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def words(n):
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + ("-" + ONES[n % 10] if n % 10 else "")
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            rest = n % size
            return words(n // size) + " " + name + (" " + words(rest) if rest else "")


for n in (0, 255, -1000, 123456789):
    print(n, [to_base(n, base) for base in (2, 8, 16, 36)], int(to_base(n, 36), 36) == n)
for n in (4, 1987, 2024, 3999):
    print(n, roman(n), from_roman(roman(n)) == n)
print(all(from_roman(roman(n)) == n for n in range(1, 4000)))
for n in (0, 13, 42, 110, 1999, 1_000_001, 2_147_483_647):
    print(f"{n:,} = {words(n)}")
for seconds in (59, 3661, 90061):
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    print(f"{seconds} s = {hours // 24}d {hours % 24:02}:{m:02}:{s:02}")
