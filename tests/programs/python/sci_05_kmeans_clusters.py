# task: Cluster points with k-means, choose k with the silhouette score and describe the clusters.
import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(0)
centres = np.array([[20, 200], [45, 900], [70, 400]])
data = np.vstack([centre + rng.normal(scale=[2, 30], size=(30, 2)) for centre in centres])

scaler = StandardScaler()
scaled = scaler.fit_transform(data)
scores = {}
for k in range(2, 6):
    labels = KMeans(n_clusters=k, n_init=10, random_state=1).fit_predict(scaled)
    scores[k] = silhouette_score(scaled, labels)
best = max(scores, key=scores.get)
print("best k:", best)

model = KMeans(n_clusters=best, n_init=10, random_state=1).fit(scaled)
found = scaler.inverse_transform(model.cluster_centers_)
order = np.argsort(found[:, 0])
for i in order:
    print(f"cluster around age {round(found[i, 0] / 5) * 5}, spend {round(found[i, 1] / 100) * 100}: {np.sum(model.labels_ == i)} customers")
new = scaler.transform([[44, 880]])
print("new customer joins cluster with age ~", round(found[model.predict(new)[0], 0] / 5) * 5)
