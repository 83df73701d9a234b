# task: Average of an empty list.
values = []
print(sum(values) / len(values))
