# task: Write a caption into a picture.
from PIL import Image, ImageDraw, ImageFont

picture = Image.new("RGB", (200, 50))
font = ImageFont.truetype("DejaVuSans.ttf", 20)
ImageDraw.Draw(picture).text((5, 5), "hello", font=font)
