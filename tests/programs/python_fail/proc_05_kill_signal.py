# task: Stop the program after two seconds with an alarm signal.
import signal


def stop(number, frame):
    raise TimeoutError("too slow")


signal.signal(signal.SIGALRM, stop)
signal.alarm(2)
print("alarm set")
