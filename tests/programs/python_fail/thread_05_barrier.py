# task: Let two workers meet.
import threading

barrier = threading.Barrier(2)
workers = [threading.Thread(target=barrier.wait) for _ in range(2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print("met")
