# task: Write a small Markdown to HTML converter with regular expressions: headings, lists, emphasis, code, links.
import html
import re


def inline(text):
    text = html.escape(text, quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"(?<!\*)\*([^*]+)\*", r"<em>\1</em>", text)
    return re.sub(r"\[([^\]]+)\]\((\S+?)\)", r'<a href="\2">\1</a>', text)


def convert(markdown):
    out, items, code = [], [], None
    for line in markdown.splitlines() + [""]:
        if line.startswith("```"):
            if code is None:
                code = []
            else:
                out.append("<pre>" + html.escape("\n".join(code)) + "</pre>")
                code = None
            continue
        if code is not None:
            code.append(line)
            continue
        bullet = re.match(r"[-*] (.*)", line)
        if bullet:
            items.append(f"<li>{inline(bullet[1])}</li>")
            continue
        if items:
            out.append("<ul>" + "".join(items) + "</ul>")
            items = []
        if heading := re.match(r"(#{1,6}) (.*)", line):
            level = len(heading[1])
            out.append(f"<h{level}>{inline(heading[2])}</h{level}>")
        elif line.strip():
            out.append(f"<p>{inline(line)}</p>")
    return "\n".join(out)


print(convert("""# Title with `code`
Some *emphasis*, **strong text** and a [link](https://e.example/?a=1&b=2).

- first < second
- **third** & last
## Code
```
if a < b:
    print("x & y")
```
Done."""))
