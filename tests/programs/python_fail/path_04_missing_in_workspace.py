# task: Summarise the uploaded file.
with open("sales_2024.csv", "w") as file:
    file.write("a,b\n1,2\n")
import csv

with open("sales-2024.csv") as file:
    print(list(csv.DictReader(file)))
