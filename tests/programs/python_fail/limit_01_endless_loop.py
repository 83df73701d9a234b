# task: Wait until a flag changes.
done = False
while not done:
    pass
