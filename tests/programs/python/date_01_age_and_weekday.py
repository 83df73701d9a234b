# task: Compute ages, days until the next birthday, weekdays, and deal with leap-day birthdays.
from calendar import isleap, monthrange
from datetime import date, timedelta

today = date(2025, 6, 15)
people = {"Ann": date(1990, 6, 15), "Bob": date(2000, 2, 29), "Cy": date(1985, 12, 31), "Dee": date(2025, 1, 1)}


def birthday_in(year, born):
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return born.replace(year=year)


for name, born in people.items():
    this_year = birthday_in(today.year, born)
    age = today.year - born.year - (today < this_year)
    upcoming = this_year if this_year >= today else birthday_in(today.year + 1, born)
    print(f"{name:<4} born on a {born:%A}, age {age}, next birthday {upcoming} in {(upcoming - today).days} days")
print("days alive:", (today - people["Ann"]).days, "| 10000 days on", people["Ann"] + timedelta(days=10_000))
print("Friday 13ths in 2025-2026:", [date(y, m, 13).isoformat() for y in (2025, 2026) for m in range(1, 13) if date(y, m, 13).weekday() == 4])
print("leap years:", [y for y in (1900, 2000, 2023, 2024, 2100) if isleap(y)], "| Feb 2024:", monthrange(2024, 2))
print("ISO week of 2027-01-01:", date(2027, 1, 1).isocalendar()[:2], "| day of year:", today.timetuple().tm_yday)
