# task: Create a PDF report with headings, a table and page numbers using reportlab, then count its pages.
from pypdf import PdfReader
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

styles = getSampleStyleSheet()


def page_number(canvas, document):
    canvas.drawString(500, 20, f"Page {document.page}")


story = [Paragraph("Quarterly report", styles["Title"]), Spacer(1, 12)]
story.append(Paragraph("All figures in thousands of euros. " * 5, styles["BodyText"]))
rows = [["Month", "Income", "Costs"]] + [[f"Month {n}", str(n * 10), str(n * 7)] for n in range(1, 61)]
table = Table(rows, repeatRows=1)
table.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
story.append(table)
SimpleDocTemplate("report.pdf", pagesize=A4, title="Quarterly report").build(story, onFirstPage=page_number, onLaterPages=page_number)

reader = PdfReader("report.pdf")
print("pages:", len(reader.pages), "| title:", reader.metadata.title)
print("size in points:", [round(float(value)) for value in reader.pages[0].mediabox[2:]])
text = [page.extract_text() for page in reader.pages]
print("heading found:", "Quarterly report" in text[0], "| last row:", "Month 60" in text[-1])
print("numbered:", all(f"Page {n}" in page for n, page in enumerate(text, 1)))
