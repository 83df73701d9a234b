# task: Fork a child process that prints a greeting.
import os

if os.fork() == 0:
    print("child")
    os._exit(0)
os.wait()
