# task: Wait for a worker's signal.
import threading

ready = threading.Event()
print("waiting")
ready.wait()
print("ready")
