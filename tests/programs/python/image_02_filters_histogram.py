# task: Apply filters and transformations to an image with Pillow and numpy and check the results.
import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

y, x = np.mgrid[0:64, 0:64]
gradient = Image.fromarray((x * 4).astype(np.uint8), mode="L") if False else Image.fromarray((x * 4).astype(np.uint8))
print(gradient.mode, gradient.size, gradient.getextrema(), len(gradient.histogram()))

blurred = gradient.filter(ImageFilter.GaussianBlur(3))
edges = gradient.filter(ImageFilter.FIND_EDGES)
print("blur keeps the mean:", abs(np.asarray(blurred, float).mean() - np.asarray(gradient, float).mean()) < 1)
rotated = gradient.rotate(90, expand=True)
print("rotated:", rotated.getpixel((10, 0)) == gradient.getpixel((63, 10)), ImageOps.mirror(gradient).getpixel((0, 5)), ImageOps.invert(gradient).getpixel((0, 0)))
bright = ImageEnhance.Brightness(gradient).enhance(0.5)
print("darker:", bright.getpixel((40, 0)), "from", gradient.getpixel((40, 0)))
print("threshold:", sorted(set(np.asarray(gradient.point(lambda v: 255 if v > 127 else 0)).ravel().tolist())), int((np.asarray(gradient) > 127).sum()))

red = Image.merge("RGB", [gradient, Image.new("L", (64, 64)), ImageOps.invert(gradient)])
print(red.getpixel((0, 0)), red.getpixel((63, 0)), red.convert("L").getpixel((0, 0)), [band.getextrema() for band in red.split()])
mask = Image.new("L", (64, 64), 0)
mask.paste(255, (16, 16, 48, 48))
combined = Image.composite(red, Image.new("RGB", (64, 64), "white"), mask)
print("bounding box of change:", ImageChops.difference(combined, Image.new("RGB", (64, 64), "white")).getbbox())
print(gradient.resize((8, 8)).size, gradient.crop((10, 10, 20, 30)).size, gradient.quantize(4).getcolors()[0][0] > 0)
