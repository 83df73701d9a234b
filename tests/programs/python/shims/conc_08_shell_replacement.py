# task: Try a shell command and fall back to Python where it cannot run.
import _sbx_shims

_sbx_shims.install()
import shutil
import subprocess
from pathlib import Path

for name in ("b.txt", "a.txt", "c.log"):
    Path(name).write_text(name * 3)


def listing():
    try:
        return subprocess.run(["ls"], capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError) as error:
        print("no shell:", error.strerror.rpartition(": ")[2])
        return sorted(path.name for path in Path().glob("*.*"))


print(listing())
print("git available:", shutil.which("git") is not None)
try:
    subprocess.check_output("du -sh . && tar czf x.tgz .", shell=True)
except OSError as error:
    print(error)
