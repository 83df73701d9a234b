# task: Run two workers in threads.
import threading

results = []


def work(name):
    results.append(name)


threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)
