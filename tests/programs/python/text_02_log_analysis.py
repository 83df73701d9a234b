# task: Parse an access log with regular expressions and report status codes, top clients and slow requests.
import re
from collections import Counter, defaultdict
from datetime import datetime

log = """10.0.0.1 - - [10/Oct/2025:13:55:36 +0000] "GET /index.html HTTP/1.1" 200 2326 0.012
10.0.0.2 - ann [10/Oct/2025:13:55:40 +0000] "POST /api/login HTTP/1.1" 401 120 0.250
10.0.0.1 - - [10/Oct/2025:13:56:01 +0000] "GET /img/logo.png HTTP/1.1" 304 - 0.003
malformed line
10.0.0.3 - - [10/Oct/2025:14:02:11 +0000] "GET /search?q=a%20b HTTP/2.0" 500 0 1.912
10.0.0.2 - ann [10/Oct/2025:14:02:15 +0000] "POST /api/login HTTP/1.1" 200 512 0.201
"""
LINE = re.compile(r'(?P<ip>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]+)\] "(?P<method>\w+) (?P<path>\S+) [^"]+" (?P<status>\d{3}) (?P<size>\d+|-) (?P<secs>[\d.]+)')

entries, bad = [], 0
for line in log.splitlines():
    if match := LINE.fullmatch(line):
        entry = match.groupdict()
        entry["time"] = datetime.strptime(entry["time"], "%d/%b/%Y:%H:%M:%S %z")
        entry["size"] = 0 if entry["size"] == "-" else int(entry["size"])
        entries.append(entry)
    else:
        bad += 1
print("parsed", len(entries), "bad", bad)
print("status:", dict(sorted(Counter(entry["status"][0] + "xx" for entry in entries).items())))
traffic = defaultdict(int)
for entry in entries:
    traffic[entry["ip"]] += entry["size"]
print("bytes:", sorted(traffic.items(), key=lambda item: -item[1]))
print("slow:", [(entry["path"], float(entry["secs"])) for entry in entries if float(entry["secs"]) > 0.2])
per_hour = Counter(entry["time"].strftime("%H:00") for entry in entries)
print("per hour:", dict(per_hour), "| span:", entries[-1]["time"] - entries[0]["time"])
