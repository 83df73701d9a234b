# task: Render an image as ASCII art and make an animated GIF of a bouncing ball, then count its frames.
from PIL import Image, ImageDraw, ImageSequence

size = 40
heart = Image.new("L", (size, size), 0)
for py in range(size):
    for px in range(size):
        x, y = (px - size / 2) / (size / 2.6), (size / 2 - py) / (size / 2.6)
        if (x * x + y * y - 1) ** 3 - x * x * y**3 <= 0:
            heart.putpixel((px, py), 255)
small = heart.resize((28, 14))
ramp = " .:-=+*#%@"
for row in range(14):
    print("".join(ramp[small.getpixel((column, row)) * 9 // 255] for column in range(28)).rstrip())

frames = []
y, speed = 5.0, 0.0
for _ in range(20):
    frame = Image.new("P", (60, 60), 0)
    frame.putpalette([255, 255, 255, 200, 30, 30] + [0] * 750)
    ImageDraw.Draw(frame).ellipse([25, y, 35, y + 10], fill=1)
    frames.append(frame)
    speed += 1
    y += speed
    if y > 48:
        y, speed = 48.0, -speed * 0.8
frames[0].save("ball.gif", save_all=True, append_images=frames[1:], duration=50, loop=0)

with Image.open("ball.gif") as gif:
    tops = [frame.convert("RGB").convert("L").point(lambda v: 255 if v < 200 else 0).getbbox()[1] for frame in ImageSequence.Iterator(gif)]
    print(gif.n_frames, "frames,", gif.info.get("duration"), "ms, loop", gif.info.get("loop"))
print("falls first:", tops[0] < tops[3] < tops[6], "| lowest:", max(tops))
