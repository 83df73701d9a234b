# task: Show regular expressions at work: validation, groups, lookaround, substitution by function, tokenizing.
import re

emails = ["a.b+c@example.co.uk", "no-at-sign", "x@y", "üser@example.org", "two@@example.org"]
print([bool(re.fullmatch(r"[\w.+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", email)) for email in emails])
print(re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", "1234567"), re.findall(r"\b(\w)(\w*)\b", "ab c def"))
print(re.sub(r"\d+", lambda match: str(int(match[0]) * 2), "3 apples and 12 pears"))
print(re.split(r"\s*[,;]\s*|\s+and\s+", "red, green;blue and black"))
print(re.findall(r"(?P<key>\w+)=(?P<value>\"[^\"]*\"|\S+)", 'a=1 name="x y" z=ok'))
passwords = ["short1!", "longenough", "Long3nough!", "NoDigits!!", "n0upper!!!"]
strong = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w\s]).{8,}")
print([password for password in passwords if strong.fullmatch(password)])
print(re.sub(r"(\b\w+)(\s+\1\b)+", r"\1", "this this is is is fine", flags=re.I))

TOKENS = re.compile(r"(?P<num>\d+(?:\.\d*)?)|(?P<name>[A-Za-z_]\w*)|(?P<op>[-+*/()=])|(?P<skip>\s+)|(?P<bad>.)")
print([(match.lastgroup, match[0]) for match in TOKENS.finditer("x1 = 3.5*(y - 2) $") if match.lastgroup != "skip"])
pattern = re.compile(r"""
    (?P<year>\d{4}) - (?P<month>0[1-9]|1[0-2]) - (?P<day>\d\d)   # a date
    """, re.VERBOSE)
print([match.groupdict() for match in pattern.finditer("from 2025-01-31 to 2025-13-01 or 2026-12-24")])
print(re.sub(r"(?i)\bcolou?r(s?)\b", r"colour\1", "Color COLORS colour"), re.escape("a.b*c"))
match = re.search(r"(a+)(b*)?(c)?", "xxaab")
print(match.span(), match.groups(), match.start(2), re.match("b", "ab"), re.findall("(?m)^.", "ab\ncd"))
