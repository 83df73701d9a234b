# task: Save a picture as JPEG.
from PIL import Image

Image.new("RGB", (10, 10), "red").save("red.jpg")
