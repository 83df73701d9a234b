# task: Order tasks by their dependencies, detect cycles and compute the critical path of a project.
import networkx as nx

tasks = {
    "design": (3, []), "backend": (6, ["design"]), "frontend": (5, ["design"]), "database": (2, ["design"]),
    "api": (3, ["backend", "database"]), "tests": (2, ["api", "frontend"]), "docs": (1, ["frontend"]), "release": (1, ["tests", "docs"]),
}
G = nx.DiGraph()
for name, (days, needs) in tasks.items():
    G.add_node(name, days=days)
    for need in needs:
        G.add_edge(need, name)

print("is a DAG:", nx.is_directed_acyclic_graph(G))
print("stages:", [sorted(stage) for stage in nx.topological_generations(G)])
start = {}
for name in nx.topological_sort(G):
    start[name] = max((start[need] + tasks[need][0] for need in G.predecessors(name)), default=0)
end = max(start[name] + tasks[name][0] for name in tasks)
latest = {}
for name in reversed(list(nx.topological_sort(G))):
    latest[name] = min((latest[after] for after in G.successors(name)), default=end) - tasks[name][0]
print("total days:", end)
for name in sorted(tasks, key=lambda name: (start[name], name)):
    slack = latest[name] - start[name]
    print(f"{name:<9} day {start[name]:>2}  {'CRITICAL' if slack == 0 else f'slack {slack}'}")
G.add_edge("release", "backend")
print("cycle found:", sorted({node for edge in nx.find_cycle(G) for node in edge}))
