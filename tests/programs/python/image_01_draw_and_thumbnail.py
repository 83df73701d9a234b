# task: Draw a picture with Pillow, make thumbnails, convert formats and compare sizes.
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

image = Image.new("RGB", (320, 200), "white")
draw = ImageDraw.Draw(image)
draw.rectangle([20, 20, 300, 180], outline="navy", width=4)
draw.ellipse([60, 60, 140, 140], fill=(255, 0, 0))
draw.polygon([(200, 140), (240, 60), (280, 140)], fill="#00aa00")
draw.line([(20, 190), (300, 190)], fill="black", width=2)
draw.text((30, 25), "Shapes", fill="black")
image.save("shapes.png")

small = image.copy()
small.thumbnail((100, 100))
small.save("thumb.gif")
print(image.size, small.size, image.getpixel((100, 100)), image.getpixel((240, 120)), image.getpixel((5, 5)))
for name in ("shapes.png", "thumb.gif"):
    with Image.open(name) as loaded:
        print(name, loaded.format, loaded.mode, loaded.size)
for kind in ("BMP", "GIF", "PNG", "TIFF", "PDF"):
    try:
        buffer = BytesIO()
        image.save(buffer, kind)
        head = buffer.getvalue()[:4]
        buffer.seek(0)
        print(kind, head, Image.open(buffer).size if kind != "PDF" else "written")
    except (OSError, KeyError) as error:
        print(kind, "not available:", type(error).__name__)
red = sum(1 for pixel in image.get_flattened_data() if pixel == (255, 0, 0))
print("red area near pi*r^2:", abs(red - 3.14159 * 40 * 40) < 200, Path("shapes.png").stat().st_size < 10_000)
