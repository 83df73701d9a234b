# task: Model a subway as a weighted graph with networkx and find shortest routes and central stations.
import networkx as nx

G = nx.Graph()
edges = [
    ("Airport", "Museum", 7), ("Museum", "Central", 3), ("Central", "Harbour", 4), ("Central", "Park", 2),
    ("Park", "University", 5), ("University", "Stadium", 3), ("Harbour", "Stadium", 6), ("Museum", "Park", 6),
]
G.add_weighted_edges_from(edges)

path = nx.shortest_path(G, "Airport", "Stadium", weight="weight")
print(" -> ".join(path), nx.path_weight(G, path, "weight"), "min")
print("fewest stops:", len(nx.shortest_path(G, "Airport", "Stadium")) - 1)
centrality = nx.betweenness_centrality(G, weight="weight")
print("busiest:", max(centrality, key=centrality.get), round(max(centrality.values()), 3))
tree = nx.minimum_spanning_tree(G)
print("spanning tree:", tree.size(weight="weight"), "of", G.size(weight="weight"))
print("cut stations:", sorted(nx.articulation_points(G)), "| bridges:", sorted(tuple(sorted(edge)) for edge in nx.bridges(G)))
G.remove_edge("Museum", "Central")
print("after a closure:", nx.dijkstra_path_length(G, "Airport", "Central"))
print("farthest from Airport:", max(nx.single_source_dijkstra_path_length(G, "Airport").items(), key=lambda item: item[1]))
