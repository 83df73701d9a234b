# task: Query and modify an XML catalogue with lxml and XPath, and validate it against a schema.
from lxml import etree

xml = b"""<?xml version="1.0"?>
<catalog xmlns:x="urn:extra">
  <book id="b1" x:stock="3"><title lang="en">Dune</title><price>9.99</price></book>
  <book id="b2" x:stock="0"><title lang="de">Momo</title><price>7.50</price></book>
  <book id="b3"><title lang="en">Emma</title><price>5.00</price></book>
</catalog>"""
root = etree.fromstring(xml)
print("titles:", root.xpath("//book/title/text()"))
print("cheap:", root.xpath("//book[price < 8]/@id"), "sum:", root.xpath("sum(//price)"))
print("in stock:", root.xpath("//book[@x:stock > 0]/title/text()", namespaces={"x": "urn:extra"}))
for book in root.iterfind("book"):
    price = book.find("price")
    price.text = f"{float(price.text) * 1.1:.2f}"
    price.set("currency", "EUR")
root.remove(root.find("book[@id='b2']"))
etree.SubElement(root, "count").text = str(len(root.findall("book")))
print(etree.tostring(root, pretty_print=True).decode(), end="")

schema = etree.XMLSchema(etree.fromstring("""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="n"><xs:simpleType>
<xs:restriction base="xs:int"><xs:maxInclusive value="9"/></xs:restriction></xs:simpleType></xs:element></xs:schema>"""))
print([schema.validate(etree.fromstring(f"<n>{value}</n>")) for value in ("5", "12", "x")])
try:
    etree.fromstring("<a><b></a>")
except etree.XMLSyntaxError as error:
    print("syntax error in line", error.lineno)
