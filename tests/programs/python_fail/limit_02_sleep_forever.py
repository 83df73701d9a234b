# task: Poll every minute until noon.
import time

while True:
    time.sleep(60)
