# task: Count the pages of a PDF.
from pypdf import PdfFileReader

print(PdfFileReader("report.pdf").getNumPages())
