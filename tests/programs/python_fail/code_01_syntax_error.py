# task: Print a table.
for n in range(3)
    print(n)
