# task: List the users of the machine.
for line in open("/etc/passwd"):
    print(line.split(":")[0])
