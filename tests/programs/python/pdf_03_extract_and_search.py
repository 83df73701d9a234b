# task: Search for a word in a PDF and list the pages and sentences where it occurs.
import re

from pypdf import PdfReader
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

chapters = [
    "The whale is a mammal. It breathes air. A whale can dive deep.",
    "Ships crossed the ocean. Sailors told stories about storms.",
    "Some whales sing. The song of the humpback whale is long.",
]
style = getSampleStyleSheet()["Normal"]
story = []
for chapter in chapters:
    story += [Paragraph(chapter, style), PageBreak()]
SimpleDocTemplate("book.pdf").build(story)

reader = PdfReader("book.pdf")
pattern = re.compile(r"\bwhales?\b", re.I)
total = 0
for number, page in enumerate(reader.pages, 1):
    text = " ".join(page.extract_text().split())
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if pattern.search(sentence):
            total += len(pattern.findall(sentence))
            print(f"p. {number}: {sentence}")
print("hits:", total, "| pages without:", [n for n, page in enumerate(reader.pages, 1) if not pattern.search(page.extract_text())])
