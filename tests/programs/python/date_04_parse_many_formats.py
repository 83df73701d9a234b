# task: Parse dates in many formats with dateutil and the standard library, and compute recurring events.
from datetime import datetime, timedelta

from dateutil import parser, rrule
from dateutil.relativedelta import FR, relativedelta

texts = ["2025-03-07", "07/03/2025", "March 7th, 2025 5pm", "7 Mar 2025 17:00:30.5", "20250307T170000Z", "Fri, 07 Mar 2025 17:00:00 +0200"]
for text in texts:
    print(f"{text:<34} {parser.parse(text, dayfirst=True).isoformat()}")
for bad in ("not a date", "2025-02-30", ""):
    try:
        parser.parse(bad)
    except (parser.ParserError, OverflowError) as error:
        print("refused:", error)
start = datetime(2025, 1, 31, 9)
print([(start + relativedelta(months=n)).strftime("%m-%d") for n in range(1, 5)])
gap = relativedelta(datetime(2025, 3, 1), datetime(1999, 12, 25))
print(f"{gap.years} years, {gap.months} months, {gap.days} days")
print("last Friday of May 2025:", (datetime(2025, 5, 31) + relativedelta(weekday=FR(-1))).date())
rule = rrule.rrule(rrule.MONTHLY, bymonthday=-1, count=4, dtstart=start)
print("month ends:", [d.strftime("%d.%m.") for d in rule])
second_tuesday = rrule.rrulestr("DTSTART:20250101T100000\nRRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=3")
print("second Tuesdays:", [d.strftime("%d %b") for d in second_tuesday])
print(datetime.strptime("Week 10 2025 1", "Week %W %Y %w").date(), timedelta(days=1.5, hours=-3), divmod(timedelta(hours=30), timedelta(days=1)))
