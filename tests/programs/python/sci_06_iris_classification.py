# task: Train a classifier on the iris data set and print accuracy, confusion matrix and feature importances.
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split

iris = load_iris()
X_train, X_test, y_train, y_test = train_test_split(iris.data, iris.target, test_size=0.3, random_state=42, stratify=iris.target)
model = RandomForestClassifier(n_estimators=50, random_state=42)
model.fit(X_train, y_train)
predicted = model.predict(X_test)

print("classes:", iris.target_names.tolist())
print("train/test sizes:", len(X_train), len(X_test))
print("accuracy above 0.85:", accuracy_score(y_test, predicted) > 0.85)
matrix = confusion_matrix(y_test, predicted)
print("setosa row:", matrix[0].tolist(), "| total:", matrix.sum())
ranking = sorted(zip(model.feature_importances_, iris.feature_names), reverse=True)
print("two most useful:", sorted(name for _, name in ranking[:2]))
print("importances sum to 1:", abs(sum(value for value, _ in ranking) - 1) < 1e-9)
