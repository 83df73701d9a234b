# task: Build an RSS feed with ElementTree, pretty-print it and parse it again.
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime

posts = [("Release 1.0 & more", "/posts/1", 0), ("Why <tags> matter", "/posts/2", 3), ("Unicode: ñ, 漢字", "/posts/3", 10)]
start = datetime(2025, 5, 1, 9, 30, tzinfo=timezone.utc)

rss = ET.Element("rss", version="2.0")
channel = ET.SubElement(rss, "channel")
ET.SubElement(channel, "title").text = "Example blog"
for title, link, days in posts:
    item = ET.SubElement(channel, "item")
    ET.SubElement(item, "title").text = title
    ET.SubElement(item, "link").text = "https://blog.example" + link
    ET.SubElement(item, "pubDate").text = format_datetime(start + timedelta(days=days))
ET.indent(rss)
ET.ElementTree(rss).write("feed.xml", encoding="utf-8", xml_declaration=True)

print(open("feed.xml", encoding="utf-8").read())
items = ET.parse("feed.xml").getroot().findall("./channel/item")
newest = max(items, key=lambda item: parsedate_to_datetime(item.findtext("pubDate")))
print("newest:", newest.findtext("title"), "|", newest.find("link").text)
print("round trip:", [item.findtext("title") for item in items] == [post[0] for post in posts])
