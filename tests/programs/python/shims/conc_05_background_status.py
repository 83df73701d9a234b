# task: Show a status from a background thread while the main program works, then stop it.
import _sbx_shims

_sbx_shims.install()
import threading
import time


class Status(threading.Thread):
    def __init__(self, interval):
        super().__init__(daemon=True, name="status")
        self.interval, self.stop_event, self.lines = interval, threading.Event(), []
        self.progress = 0

    def run(self):
        while not self.stop_event.is_set():
            self.lines.append(self.progress)
            self.stop_event.wait(self.interval)

    def stop(self):
        self.stop_event.set()
        self.join(timeout=1)


status = Status(0.01)
status.start()
for step in range(5):
    time.sleep(0.02)
    status.progress = (step + 1) * 20
status.stop()
print("some lines:", len(status.lines) >= 1, "| stopped:", not status.is_alive(), "| progress", status.progress)
