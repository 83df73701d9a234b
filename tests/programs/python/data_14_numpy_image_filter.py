# task: Apply a box blur and a Sobel edge filter to a small grey image using only numpy.
import numpy as np

image = np.zeros((8, 8))
image[2:6, 2:6] = 100.0


def convolve(picture, kernel):
    k = kernel.shape[0] // 2
    padded = np.pad(picture, k, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


blur = convolve(image, np.full((3, 3), 1 / 9))
sobel_x = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
edges = np.hypot(convolve(image, sobel_x), convolve(image, sobel_x.T))

print(blur.round(0).astype(int))
print("Blur keeps the total:", np.isclose(blur.sum(), image.sum()))
for row in edges:
    print("".join("#" if value > 200 else "+" if value > 0 else "." for value in row))
print("Flat inside:", edges[3:5, 3:5].max(), "| corner:", round(float(edges[2, 2]), 3))
