# task: Create a Word document with a heading and a paragraph.
from docx import Document

document = Document()
document.add_heading("Report", level=1)
document.add_paragraph("Hello")
document.save("report.docx")
