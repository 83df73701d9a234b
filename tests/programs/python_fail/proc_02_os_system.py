# task: Count the lines of a file with wc.
import os

with open("a.txt", "w") as file:
    file.write("1\n2\n")
status = os.system("wc -l a.txt")
print("status", status)
