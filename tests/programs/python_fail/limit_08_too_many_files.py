# task: Write one file per record.
import os

os.makedirs("records", exist_ok=True)
for n in range(1000):
    with open(f"records/{n}.txt", "w") as file:
        file.write(str(n))
