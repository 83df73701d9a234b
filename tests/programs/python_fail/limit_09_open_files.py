# task: Open many files at once.
files = [open(f"f{n}.txt", "w") for n in range(100)]
print(len(files))
