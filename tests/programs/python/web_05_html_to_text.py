# task: Convert simple HTML into readable plain text and a list of headings with the standard library parser.
from html import unescape
from html.parser import HTMLParser
from textwrap import fill


class TextMaker(HTMLParser):
    BLOCK = {"p", "div", "h1", "h2", "li", "br", "ul"}

    def __init__(self):
        super().__init__()
        self.parts, self.headings, self.skip, self.heading = [], [], 0, None

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style"):
            self.skip += 1
        if tag in self.BLOCK:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("* ")
        if tag in ("h1", "h2"):
            self.heading = ""
        if tag == "img":
            self.parts.append(f"[{dict(attrs).get('alt', 'image')}]")

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.skip -= 1
        if tag in ("h1", "h2"):
            self.headings.append((tag, self.heading))
            self.parts.append("\n" + "=" * len(self.heading))
            self.heading = None

    def handle_data(self, data):
        if not self.skip:
            text = " ".join(data.split())
            if text:
                self.parts.append(text + " ")
            if self.heading is not None:
                self.heading += text


page = """<h1>Tea &amp; Coffee</h1><style>h1{color:red}</style><p>Both are <b>popular</b> drinks.
They contain caffeine&nbsp;&mdash; more or less.</p><ul><li>Tea: 30&ndash;60&nbsp;mg<li>Coffee: 95 mg</ul>
<img src=x.png alt="a cup"><h2>Notes</h2><script>alert("no")</script><div>Copyright &copy; 2025</div>"""
maker = TextMaker()
maker.feed(page)
maker.close()
for line in "".join(maker.parts).splitlines():
    print(fill(line.strip(), 40))
print(maker.headings)
print(unescape("&lt;b&gt; &#8364; &#x41; &euro; &unknown;"))
