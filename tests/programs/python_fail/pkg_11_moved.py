# task: Split the data for training.
from sklearn.cross_validation import train_test_split

print(train_test_split([1, 2, 3, 4]))
