# task: Repair broken HTML, remove unsafe tags and attributes, and prettify the result.
from bs4 import BeautifulSoup, Comment

broken = """<p>First<p>Second <b>bold <i>both</b> italic</i>
<a href="javascript:alert(1)" onclick="x()">bad</a><a href="https://ok.example" title="fine">good</a>
<!-- secret --><script>evil()</script><ul><li>one<li>two</ul><img src=x onerror=alert(2)>"""
ALLOWED = {"p": [], "b": [], "i": [], "a": ["href", "title"], "ul": [], "li": []}

for parser in ("html.parser", "lxml", "html5lib"):
    soup = BeautifulSoup(broken, parser)
    print(f"{parser:<12} paragraphs {len(soup.find_all('p'))}, list items {len(soup.find_all('li'))}, nested p: {bool(soup.select('p p'))}")

soup = BeautifulSoup(broken, "html5lib")
for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
    comment.extract()
for tag in soup.body.find_all(True):
    if tag.name in ("script", "style"):
        tag.decompose()
    elif tag.name not in ALLOWED:
        tag.unwrap()
    else:
        for name in list(tag.attrs):
            if name not in ALLOWED[tag.name] or str(tag[name]).lower().startswith("javascript:"):
                del tag[name]
print(soup.body.decode_contents().strip())
print([a.get("href") for a in soup.find_all("a")])
