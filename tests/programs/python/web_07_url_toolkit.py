# task: Normalise URLs, edit their query parameters, and group links by domain.
from collections import defaultdict
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

urls = [
    "HTTP://Example.COM:80/a/../b/./c?z=1&a=2&utm_source=x#top",
    "https://shop.example.com/search?q=caf%C3%A9+noir&page=2",
    "https://user:secret@api.example.org:8443/v1/items?id=1&id=2&empty=",
    "/relative/path?x=1",
]


def normalise(url):
    parts = urlsplit(urljoin("https://shop.example.com/", url))
    host = parts.hostname or ""
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if parts.port and parts.port != default:
        host += f":{parts.port}"
    stack = []
    for segment in parts.path.split("/"):
        if segment == "..":
            stack and stack.pop()
        elif segment not in (".", ""):
            stack.append(segment)
    query = sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.startswith("utm_"))
    return urlunsplit((parts.scheme, host, "/" + "/".join(stack), urlencode(query), ""))


groups = defaultdict(list)
for url in urls:
    clean = normalise(url)
    print(clean)
    groups[".".join(urlsplit(clean).hostname.split(".")[-2:])].append(urlsplit(clean).path)
print(dict(groups))
print(parse_qs(urlsplit(urls[2]).query), urlsplit(urls[2]).username, urlsplit(urls[2]).port)
print(quote("a b/ü?"), quote("a b/ü?", safe=""), unquote("caf%C3%A9"), urlencode({"q": ["a", "b"], "n": 1}, doseq=True))
