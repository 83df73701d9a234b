# task: Schedule a meeting across time zones and show what happens around daylight-saving changes.
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

cities = {"New York": "America/New_York", "London": "Europe/London", "Kolkata": "Asia/Kolkata", "Tokyo": "Asia/Tokyo", "Sydney": "Australia/Sydney"}
meeting = datetime(2025, 3, 20, 14, 0, tzinfo=ZoneInfo("Europe/Berlin"))
print("meeting:", meeting.isoformat())
for city, zone in cities.items():
    local = meeting.astimezone(ZoneInfo(zone))
    print(f"{city:<9} {local:%a %H:%M %Z} (UTC{local:%z})")

berlin = ZoneInfo("Europe/Berlin")
before = datetime(2025, 3, 30, 1, 30, tzinfo=berlin)
wall = before + timedelta(hours=1)
real = (before.astimezone(timezone.utc) + timedelta(hours=1)).astimezone(berlin)
print("one hour later on the wall:", wall.isoformat(), "in reality:", real.isoformat())
ambiguous = datetime(2025, 10, 26, 2, 30, tzinfo=berlin)
print("twice 02:30:", ambiguous.utcoffset(), ambiguous.replace(fold=1).utcoffset())
start, end = datetime(2025, 3, 29, 12, tzinfo=berlin), datetime(2025, 3, 30, 12, tzinfo=berlin)
print("hours between two noons:", (end.astimezone(timezone.utc) - start.astimezone(timezone.utc)) / timedelta(hours=1))
print(datetime.fromisoformat("2025-01-01T00:00:00Z").timestamp(), datetime.fromtimestamp(0, timezone.utc))
print("dst:", [datetime(2025, m, 1, tzinfo=ZoneInfo("America/New_York")).dst() != timedelta(0) for m in (1, 4, 7, 11, 12)])
