# task: Check a condition and exit with a status.
import sys

print("checking")
sys.exit(3)
