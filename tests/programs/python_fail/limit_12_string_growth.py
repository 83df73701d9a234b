# task: Double a string until it is long enough.
text = "x" * 1024
while len(text) < 10**12:
    text += text
print(len(text))
