# task: Turn a list of events into an iCalendar file, parse it back, and read a vCard.
import re
from datetime import datetime, timedelta, timezone

events = [("Team, weekly; sync", datetime(2025, 6, 2, 9, 0, tzinfo=timezone.utc), 45), ("A very long title that has to be folded because lines must not be longer than 75 octets", datetime(2025, 6, 3, 14, 30, tzinfo=timezone.utc), 90)]


def escape(text):
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", "\\n")


def fold(line):
    parts = [line[:75]] + [line[i : i + 74] for i in range(75, len(line), 74)]
    return "\r\n ".join(parts)


stamp = "%Y%m%dT%H%M%SZ"
lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
for number, (title, start, minutes) in enumerate(events, 1):
    lines += ["BEGIN:VEVENT", f"UID:{number}@sandbox", f"DTSTART:{start:{stamp}}", f"DTEND:{start + timedelta(minutes=minutes):{stamp}}", f"SUMMARY:{escape(title)}", "END:VEVENT"]
lines.append("END:VCALENDAR")
with open("events.ics", "w", newline="") as file:
    file.write("\r\n".join(map(fold, lines)) + "\r\n")

text = open("events.ics", newline="").read()
print("longest line:", max(map(len, text.split("\r\n"))))
unfolded = re.sub(r"\r\n[ \t]", "", text)
for block in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", unfolded, re.S):
    event = dict(line.split(":", 1) for line in block.strip().split("\r\n"))
    start, end = (datetime.strptime(event[key], stamp) for key in ("DTSTART", "DTEND"))
    print(event["UID"], start.isoformat(), (end - start).seconds // 60, "min", re.sub(r"\\(.)", r"\1", event["SUMMARY"]))

card = "BEGIN:VCARD\nFN:Dr. Ada Example\nTEL;TYPE=work,voice:+49 30 1234\nEMAIL;TYPE=home:ada@example.org\nEND:VCARD"
for name, params, value in re.findall(r"^(\w+)((?:;[^:]+)?):(.*)$", card, re.M):
    if name not in ("BEGIN", "END"):
        print(name, params.removeprefix(";TYPE=").split(",") if params else [], value)
