# task: Simulate downloading ten files with a thread pool, show progress and collect errors.
import _sbx_shims

_sbx_shims.install()
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

FILES = {f"file{n}.bin": n * 100 for n in range(10)}


def download(name, size):
    time.sleep(0.05)
    if size == 300:
        raise ConnectionResetError(f"{name}: connection lost")
    return name, size


start = time.perf_counter()
finished, failed = [], []
with ThreadPoolExecutor(max_workers=5) as executor:
    futures = {executor.submit(download, name, size): name for name, size in FILES.items()}
    for done, future in enumerate(as_completed(futures), 1):
        try:
            name, size = future.result()
            finished.append(name)
        except ConnectionResetError as error:
            failed.append(str(error))
print("finished:", len(finished), "failed:", failed, "progress:", done, "of", len(FILES))
print("faster than one after the other:", time.perf_counter() - start < 0.5)
