# task: Print a reminder after half a second.
import threading

timer = threading.Timer(0.5, print, args=["reminder"])
timer.start()
timer.join()
