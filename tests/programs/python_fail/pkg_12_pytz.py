# task: Convert a time to New York.
from datetime import datetime

import pytz

print(datetime(2026, 1, 1, tzinfo=pytz.utc).astimezone(pytz.timezone("America/New_York")))
