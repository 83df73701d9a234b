# task: Download the current exchange rates and convert 100 USD to EUR.
import requests

response = requests.get("https://api.example.com/latest?base=USD", timeout=10)
response.raise_for_status()
print(100 * response.json()["rates"]["EUR"])
