# task: Fit a model of house prices.
from sklearn.datasets import load_boston

print(load_boston().data.shape)
