# task: List files with the shell.
import subprocess

result = subprocess.run(["ls", "-la"], capture_output=True, text=True, check=True)
print(result.stdout)
