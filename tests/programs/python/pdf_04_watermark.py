# task: Put a watermark on every page of a PDF and read page sizes and metadata.
import io

from pypdf import PdfReader, PdfWriter, Transformation
from reportlab.lib.units import cm
from reportlab.pdfgen import canvas

source = io.BytesIO()
c = canvas.Canvas(source, pagesize=(10 * cm, 15 * cm))
for n in range(1, 4):
    c.setFont("Helvetica", 14)
    c.drawString(2 * cm, 10 * cm, f"Contract, sheet {n}")
    c.showPage()
c.save()

stamp = io.BytesIO()
c = canvas.Canvas(stamp, pagesize=(10 * cm, 15 * cm))
c.setFillGray(0.8)
c.rotate(45)
c.drawString(6 * cm, 2 * cm, "DRAFT")
c.save()

writer = PdfWriter(clone_from=PdfReader(source))
mark = PdfReader(stamp).pages[0]
for page in writer.pages:
    page.merge_transformed_page(mark, Transformation().scale(1.2), over=False)
writer.metadata = {"/Subject": "contract draft"}
writer.compress_identical_objects()
writer.write("draft.pdf")

result = PdfReader("draft.pdf")
for page in result.pages:
    text = page.extract_text()
    print(sorted(line.strip() for line in text.splitlines() if line.strip()))
print(result.metadata.subject, [round(float(v) / cm, 1) for v in result.pages[0].mediabox[2:]])
