# task: Install a missing package and use it.
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "pip", "install", "humanize"])
import humanize

print(humanize.naturalsize(1_000_000))
