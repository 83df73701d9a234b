# task: Read a file from the user's Downloads folder.
import pandas as pd

print(pd.read_csv("/home/user/Downloads/data.csv").head())
