# task: Fetch a web page and print its title.
import re
from urllib.request import urlopen

html = urlopen("https://www.example.com/").read().decode()
print(re.search(r"<title>(.*?)</title>", html)[1])
