# task: Read a file from the user's Downloads folder.
import pandas as pd

print(pd.read_csv("/Users/ann/Downloads/data.csv").head())
