# task: Read a CSV from a plain HTTP address with urllib.
import csv
import io
import urllib.request

with urllib.request.urlopen("http://data.example.org/iris.csv") as stream:
    rows = list(csv.reader(io.TextIOWrapper(stream)))
print(len(rows))
