# task: Count working days between dates with public holidays, add working days and list month ends.
from datetime import date, timedelta


def easter(year):
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return date(year, month, day + 1)


def holidays(year):
    e = easter(year)
    return {date(year, 1, 1), e - timedelta(2), e + timedelta(1), date(year, 5, 1), date(year, 12, 25), date(year, 12, 26)}


def is_working(day):
    return day.weekday() < 5 and day not in holidays(day.year)


def working_days(start, end):
    return sum(is_working(start + timedelta(n)) for n in range((end - start).days + 1))


def add_working(day, n):
    while n:
        day += timedelta(1)
        n -= is_working(day)
    return day


print("Easter:", [easter(year).isoformat() for year in (2024, 2025, 2026, 2038)])
print("working days in 2025:", working_days(date(2025, 1, 1), date(2025, 12, 31)))
print("per month:", [working_days(date(2025, m, 1), (date(2025, m % 12 + 1, 1).replace(year=2025 + m // 12)) - timedelta(1)) for m in range(1, 13)])
print("10 working days after 2025-04-11:", add_working(date(2025, 4, 11), 10))
last = [max(d for d in (date(2025, m, 28) + timedelta(n) for n in range(4)) if d.month == m and is_working(d)) for m in (2, 5, 8)]
print("last working day:", [f"{day:%d %b}" for day in last])
