# task: Open a report from the desktop.
with open(r"C:\Users\me\Desktop\report.txt") as file:
    print(file.read())
