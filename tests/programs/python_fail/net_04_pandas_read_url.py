# task: Load a data set directly from GitHub with pandas and describe it.
import pandas as pd

df = pd.read_csv("https://raw.githubusercontent.com/example/data/main/titanic.csv")
print(df.describe())
