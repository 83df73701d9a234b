# task: Save several matplotlib figures into one multi-page PDF and extract embedded text.
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_pdf import PdfPages
from pypdf import PdfReader

x = np.linspace(0, 6, 50)
with PdfPages("figures.pdf", metadata={"Title": "Three waves"}) as pdf:
    for k in (1, 2, 3):
        fig, ax = plt.subplots(figsize=(4, 3))
        ax.plot(x, np.sin(k * x))
        ax.set_title(f"Wave number {k}")
        pdf.savefig(fig)
        plt.close(fig)
    print("pages written:", pdf.get_pagecount())

reader = PdfReader("figures.pdf")
print("pages read:", len(reader.pages), "| title:", reader.metadata.title)
print("page size in inches:", [float(value) / 72 for value in reader.pages[0].mediabox[2:]])
for page in reader.pages:
    text = page.extract_text()
    print([line for line in text.splitlines() if "Wave" in line])
