# task: Print the squares of the first hundred thousand numbers and then fail.
for n in range(100_000):
    print(n, n * n)
