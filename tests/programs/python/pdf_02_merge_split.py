# task: Make three small PDFs, merge them, then split off and rotate single pages with pypdf.
import io

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen import canvas


def make(title, pages):
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=(300, 200))
    for number in range(1, pages + 1):
        page.drawString(50, 100, f"{title} page {number}")
        page.showPage()
    page.save()
    return buffer


writer = PdfWriter()
for title, pages in (("Intro", 1), ("Body", 3), ("Annex", 2)):
    first = len(writer.pages)
    writer.append(PdfReader(make(title, pages)), import_outline=False)
    writer.add_outline_item(title, first)
writer.add_metadata({"/Author": "Sandbox", "/Title": "Merged"})
writer.write("merged.pdf")

reader = PdfReader("merged.pdf")
print(len(reader.pages), "pages by", reader.metadata.author)
print([item.title for item in reader.outline])
for page in reader.pages:
    print("-", page.extract_text().strip())
part = PdfWriter()
for page in reader.pages[1:4:2]:
    part.add_page(page).rotate(90)
part.write("part.pdf")
print([(page.extract_text().strip(), page.rotation) for page in PdfReader("part.pdf").pages])
