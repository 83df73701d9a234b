# task: Predict house prices with linear regression, compare with ridge and show coefficients and errors.
import numpy as np
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error, r2_score

rng = np.random.default_rng(3)
size = rng.uniform(40, 180, 80)
rooms = np.round(size / 30 + rng.uniform(-0.5, 0.5, 80))
age = rng.uniform(0, 60, 80)
price = 50_000 + 2_000 * size + 8_000 * rooms - 500 * age + rng.normal(0, 3_000, 80)
X = np.column_stack([size, rooms, age])
train, test = slice(0, 60), slice(60, 80)

for model in (LinearRegression(), Ridge(alpha=1.0)):
    model.fit(X[train], price[train])
    predicted = model.predict(X[test])
    print(type(model).__name__)
    print("  R² > 0.98:", r2_score(price[test], predicted) > 0.98, "| MAE < 4000:", mean_absolute_error(price[test], predicted) < 4000)
    print("  size coefficient about 2000:", abs(model.coef_[0] - 2000) < 120, "| older is cheaper:", model.coef_[2] < 0)
by_hand = np.linalg.lstsq(np.column_stack([np.ones(60), X[train]]), price[train], rcond=None)[0]
print("same as least squares:", np.allclose(by_hand[1:], LinearRegression().fit(X[train], price[train]).coef_))
