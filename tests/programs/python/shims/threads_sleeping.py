# task: timers, heartbeats, repeating timers and progress monitors that sleep while the program goes on
import _sbx_shims

_sbx_shims.install()
import threading
import time

begin = time.monotonic()
beats = []


def heartbeat():
    while True:
        beats.append("beat")
        time.sleep(0.02)


threading.Thread(target=heartbeat, daemon=True).start()
time.sleep(0.07)
print("heartbeats while sleeping:", 3 <= len(beats) <= 5)

beats.clear()
worked = []
threading.Thread(target=heartbeat, daemon=True).start()
worker = threading.Thread(target=lambda: [time.sleep(0.03), worked.append("done")])
worker.start()
worker.join()
print("worker beside a heartbeat:", worked)

stop, ticks = threading.Event(), []


def until_stopped():
    while not stop.wait(0.01):
        ticks.append(1)


thread = threading.Thread(target=until_stopped, daemon=True)
thread.start()
time.sleep(0.055)
stop.set()
thread.join()
print("stopped after some ticks:", 3 <= len(ticks) <= 6, thread.is_alive())

log = []
late = threading.Timer(0.05, log.append, ["timer"])
soon = threading.Timer(0.01, log.append, ["soon"])
never = threading.Timer(60, log.append, ["never"])
for timer in (late, soon, never):
    timer.start()
time.sleep(0.03)
log.append("main")
never.cancel()
late.join()
never.join()
print("order:", log, never.is_alive())


class Repeat(threading.Timer):
    def run(self):
        while not self.finished.wait(self.interval):
            self.function(*self.args, **self.kwargs)


times = []
repeat = Repeat(0.01, times.append, [1])
repeat.start()
time.sleep(0.055)
repeat.cancel()
repeat.join()
print("repeated:", 3 <= len(times) <= 6)

results = {}


def download(name, seconds):
    time.sleep(seconds)
    results[name] = "ok"


threads = [threading.Thread(target=download, args=(name, 0.01)) for name in "abc"]
for thread in threads:
    thread.start()
while len(results) < 3:
    time.sleep(0.001)
print("polled:", results)
finite = threading.Thread(target=download, args=("late", 0.05))
finite.start()
time.sleep(0.001)
print("a finite sleep is not cut:", "late" in results)

order, began = [], time.monotonic()
threads = [threading.Thread(target=lambda n=n: [time.sleep(0.1), order.append(n)]) for n in range(10)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("sleeping together:", order, time.monotonic() - began < 0.5)

data, answers = [], []


def poller():
    while not data:
        time.sleep(0.001)
    answers.append(data[0])


threads = [threading.Thread(target=poller), threading.Thread(target=data.append, args=["polled for"])]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(answers)

from concurrent.futures import ThreadPoolExecutor

began = time.monotonic()
with ThreadPoolExecutor(10) as pool:
    print("pool:", list(pool.map(lambda n: time.sleep(0.1) or n, range(10))), time.monotonic() - began < 0.5)

from tqdm import tqdm

print("tqdm:", sum(n for n in tqdm(range(3), disable=False, file=open("bar.txt", "w")) if not time.sleep(0.001)))
print("quick:", time.monotonic() - begin < 3)
threading.Timer(0.01, print, ["timer at the end"]).start()
threading.Thread(target=print, args=["thread at the end"]).start()
import _sbx_threads

_sbx_threads.finish()
print(threading.active_count())
