# task: Sum the numbers up to a million recursively.
def total(n):
    return 0 if n == 0 else n + total(n - 1)


print(total(1_000_000))
