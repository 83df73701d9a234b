# task: Build a list of a billion random numbers and sort it.
import random

numbers = []
while True:
    numbers.append([random.random()] * 100_000)
