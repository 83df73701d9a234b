# task: Convert an image to grey with OpenCV.
import cv2

image = cv2.imread("photo.png")
print(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).shape)
