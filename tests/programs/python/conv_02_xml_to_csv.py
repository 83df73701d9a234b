# task: Convert an XML export of books with repeated and missing fields to CSV and back to XML.
import csv
import io
import xml.etree.ElementTree as ET

xml = """<library><book isbn="111"><title>Algebra &amp; Logic</title><author>A. One</author><author>B. Two</author><year>1999</year></book>
<book isbn="222"><title>"Quoted", comma</title><year>2005</year></book>
<book isbn="333"><title>Line
break</title><author>C. Three</author></book></library>"""
fields = ["isbn", "title", "authors", "year"]
out = io.StringIO()
writer = csv.DictWriter(out, fields, lineterminator="\n")
writer.writeheader()
for book in ET.fromstring(xml):
    writer.writerow({
        "isbn": book.get("isbn"),
        "title": book.findtext("title"),
        "authors": "; ".join(author.text for author in book.findall("author")),
        "year": book.findtext("year", default=""),
    })
print(out.getvalue())

root = ET.Element("library")
for row in csv.DictReader(io.StringIO(out.getvalue())):
    book = ET.SubElement(root, "book", isbn=row["isbn"])
    ET.SubElement(book, "title").text = row["title"]
    for author in filter(None, row["authors"].split("; ")):
        ET.SubElement(book, "author").text = author
    if row["year"]:
        ET.SubElement(book, "year").text = row["year"]
canonical = lambda element: ET.canonicalize(ET.tostring(element), strip_text=True)
print("same document:", canonical(root) == canonical(ET.fromstring(xml)))
print(len(root), "books,", len(root.findall(".//author")), "authors")
