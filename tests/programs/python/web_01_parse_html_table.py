# task: Extract a table and all links from an HTML page with BeautifulSoup.
from urllib.parse import urljoin

from bs4 import BeautifulSoup

html = """
<html><head><title> Weather  station </title></head><body>
<nav><a href="/">Home</a> <a href="archive/2024.html" title="old">2024</a> <a href="https://other.example/x?y=1&amp;z=2">Other</a></nav>
<table id="data"><thead><tr><th>City</th><th>High</th><th>Low</th></tr></thead>
<tbody><tr class="odd"><td>Oslo</td><td>12&deg;</td><td>3&deg;</td></tr>
<tr><td>Rome <sup>1</sup></td><td>25&deg;</td><td>14&deg;</td></tr>
<tr class="odd"><td>Cairo</td><td>38&deg;</td><td>22&deg;</td></tr></tbody></table>
<p class="note small">1: airport<br>unofficial</p><script>var x = "<td>no</td>";</script></body></html>
"""
soup = BeautifulSoup(html, "lxml")
print("title:", " ".join(soup.title.string.split()))
table = soup.find("table", id="data")
header = [th.get_text() for th in table.select("thead th")]
for sup in table.find_all("sup"):
    sup.decompose()
rows = [dict(zip(header, (td.get_text(strip=True) for td in tr.find_all("td")))) for tr in table.select("tbody tr")]
for row in rows:
    print(row)
print("warmest:", max(rows, key=lambda row: int(row["High"].rstrip("°")))["City"])
base = "https://weather.example/station/"
for a in soup.select("nav a[href]"):
    print(f"{a.text:<6} {urljoin(base, a['href'])}")
note = soup.find("p", class_="note")
print(note["class"], list(note.stripped_strings), len(soup.select("tr.odd")))
