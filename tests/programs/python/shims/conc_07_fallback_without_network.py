# task: Fetch exchange rates; if the service cannot be reached, use the cached rates and say so.
import _sbx_shims

_sbx_shims.install()
import json
from pathlib import Path

import requests
from requests.exceptions import RequestException

Path("rates.json").write_text(json.dumps({"EUR": 0.9, "GBP": 0.8}))


def rates():
    try:
        session = requests.Session()
        session.headers.update({"Accept": "application/json"})
        response = session.get("https://api.example.com/rates", params={"base": "USD"}, timeout=3)
        response.raise_for_status()
        return response.json(), "live"
    except requests.exceptions.Timeout:
        return {}, "timeout"
    except RequestException as error:
        print("Could not reach the service:", str(error).split(";")[0])
        return json.loads(Path("rates.json").read_text()), "cached"


table, source = rates()
print(source, {currency: 250 * rate for currency, rate in table.items()})
