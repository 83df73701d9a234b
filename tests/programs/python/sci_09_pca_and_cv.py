# task: Reduce digits images with PCA and cross-validate a nearest-neighbour classifier in a grid search.
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

digits = load_digits()
X, y = digits.data[:600], digits.target[:600]
pca = PCA(n_components=0.9, svd_solver="full").fit(X)
print("pixels:", X.shape[1], "-> components for 90 % of variance:", pca.n_components_)
print("variances fall:", bool(np.all(np.diff(pca.explained_variance_) <= 0)))

search = GridSearchCV(
    Pipeline([("pca", PCA(svd_solver="full")), ("knn", KNeighborsClassifier())]),
    {"pca__n_components": [2, 20], "knn__n_neighbors": [1, 5]},
    cv=3,
)
search.fit(X, y)
print("best number of components:", search.best_params_["pca__n_components"])
print("accuracy above 0.9:", search.best_score_ > 0.9)
wrong = np.flatnonzero(search.predict(X) != y)
print("few errors on the training data:", len(wrong) < 20)
