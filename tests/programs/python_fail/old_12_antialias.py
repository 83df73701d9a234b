# task: Make a thumbnail.
from PIL import Image

print(Image.new("RGB", (100, 100)).resize((10, 10), Image.ANTIALIAS))
