# task: Detect the delimiter of several CSV samples, read them, and write them in one common form.
import csv
import io

samples = {
    "german": 'Name;Betrag\n"Müller; Söhne";1.234,56\nMeier;7,00\n',
    "tabs": "Name\tBetrag\nA\t1.5\nB\t2.25\n",
    "pipes": "Name|Betrag\n'x'|3\n",
    "excel": 'Name,Betrag\r\n"He said ""no""",10\r\n"multi\nline",20\r\n',
}


def number(text):
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    return float(text)


total = 0
for name, text in samples.items():
    dialect = csv.Sniffer().sniff(text.splitlines()[0], delimiters=";,\t|")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter))
    header, *body = rows
    print(f"{name:<7} delimiter {dialect.delimiter!r}: {[(row[0], number(row[1])) for row in body]}")
    total += sum(number(row[1]) for row in body)
out = io.StringIO(newline="")
writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
writer.writerow(["a", 1, None, 2.5, 'q"q'])
print(repr(out.getvalue()), "total", round(total, 2))
print(list(csv.reader(["1,'a,b',2"], quotechar="'")), list(csv.reader(io.StringIO('a,"b\n c",d\n'))))
