# task: every way to a process says what to do instead
import _sbx_shims

_sbx_shims.install()
import errno
import multiprocessing
import os
import subprocess
import sys

CALLS = [
    lambda: subprocess.run(["ls", "-la"], capture_output=True),
    lambda: subprocess.check_output("grep -r 'a b' /app | wc -l", shell=True),
    lambda: subprocess.check_call([sys.executable, "-m", "pip", "install", "humanize"]),
    lambda: subprocess.run([sys.executable or "python3", "script.py"]),
    lambda: subprocess.Popen(["/usr/bin/curl", "https://example.com"]),
    lambda: subprocess.getoutput("date"),
    lambda: subprocess.call("unbalanced 'quote", shell=True),
    lambda: subprocess.run([], check=True),
    lambda: os.system("unzip a.zip"),
    lambda: os.popen("cat /etc/passwd").read(),
    lambda: multiprocessing.Process(target=print).start(),
    lambda: multiprocessing.Queue(),
    lambda: multiprocessing.Manager().dict(),
]
for call in CALLS:
    try:
        print("no error", call())
    except OSError as error:
        print(error.errno == errno.ENOTSUP, error.strerror)
print(multiprocessing.cpu_count(), multiprocessing.current_process().name)
