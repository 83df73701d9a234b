# task: Append a row to the vendored package folder.
with open("/app/site-packages/mine.py", "w") as file:
    file.write("x = 1\n")
