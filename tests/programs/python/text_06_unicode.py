# task: Handle Unicode properly: normalisation, accents, case folding, widths, encodings and grapheme-aware reversal.
import unicodedata

words = ["café", "cafe\u0301", "Straße", "İstanbul", "ﬁne", "Ωmega", "½"]
for word in words:
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    print(f"{word!r}: {len(word)} chars, {len(word.encode())} bytes, NFC {len(unicodedata.normalize('NFC', word))}, plain {plain!r}, folded {word.casefold()!r}")
print("café == café:", words[0] == words[1], unicodedata.normalize("NFC", words[0]) == unicodedata.normalize("NFC", words[1]))
print([unicodedata.name(c) for c in "é€漢🎉"])
print([unicodedata.category(c) for c in "aA1 _€"], unicodedata.numeric("½"), int("٣٤"), "Ⅷ".isnumeric())


def display_width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


for text in ("abc", "漢字", "e\u0301", "ｆｕｌｌ"):
    print(text + " " * (10 - display_width(text)) + "|", display_width(text))
clusters = []
for c in "ne\u0301e":
    if unicodedata.combining(c) and clusters:
        clusters[-1] += c
    else:
        clusters.append(c)
print("reversed:", "".join(reversed(clusters)).encode("unicode_escape").decode())
print("ä".encode("latin-1"), "ä".encode("utf-16-le"), b"\xff\xfea\x00".decode("utf-16"), b"caf\xe9".decode("utf-8", "replace"))
print(sorted(["zebra", "Äpfel", "apfel", "Zoo"], key=lambda w: unicodedata.normalize("NFKD", w.casefold())), "\N{SNOWMAN}", ascii("naïve"))
