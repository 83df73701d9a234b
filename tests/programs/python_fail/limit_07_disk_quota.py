# task: Write a large file of test data.
with open("big.bin", "wb") as file:
    for _ in range(100):
        file.write(b"x" * 100_000)
print("done")
