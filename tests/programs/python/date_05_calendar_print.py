# task: Print a month calendar with today marked, and a year overview of week numbers and moon-like cycles.
import calendar
from datetime import date, timedelta

today = date(2025, 9, 17)
cal = calendar.TextCalendar(firstweekday=calendar.MONDAY)
print(cal.formatmonth(2025, 2))
print(f"{today:%B %Y}".center(27))
print(" ".join(day[:3] for day in calendar.day_abbr))
for week in cal.monthdatescalendar(today.year, today.month):
    print(" ".join(f"[{d.day:>1}]" if d == today else f"{d.day:>3}" if d.month == today.month else "  ." for d in week))
weeks = {d.isocalendar().week for d in (date(2026, 1, 1) + timedelta(n) for n in range(365))}
print("ISO weeks in 2026:", max(weeks), "| quarter of today:", (today.month - 1) // 3 + 1)
sundays = [week[6] for week in calendar.monthcalendar(2025, 11) if week[6]]
print("Sundays in November 2025:", sundays)
cycle = timedelta(days=29.53059)
new_moon = date(2025, 1, 29)
print("every 29.53 days:", [(new_moon + round(n * cycle.total_seconds() / 86400) * timedelta(1)).strftime("%d %b") for n in range(6)])
print(calendar.HTMLCalendar().formatday(5, 0), calendar.weekday(2000, 1, 1), calendar.leapdays(2000, 2026))
