// task: Build a weighted graph and run BFS, DFS, Dijkstra, topological sort and cycle detection.
class Graph {
  constructor(isDirected = false) {
    this.isDirected = isDirected;
    this.adjacency = new Map();
  }
  addEdge(from, to, weight = 1) {
    for (const node of [from, to]) if (!this.adjacency.has(node)) this.adjacency.set(node, []);
    this.adjacency.get(from).push({ node: to, weight });
    if (!this.isDirected) this.adjacency.get(to).push({ node: from, weight });
    return this;
  }
  bfs(start) {
    const visited = new Set([start]);
    const queue = [start];
    while (queue.length > 0) {
      for (const { node } of this.adjacency.get(queue.shift())) {
        if (!visited.has(node)) {
          visited.add(node);
          queue.push(node);
        }
      }
    }
    return [...visited];
  }
  dfs(start, visited = new Set()) {
    visited.add(start);
    for (const { node } of this.adjacency.get(start)) if (!visited.has(node)) this.dfs(node, visited);
    return [...visited];
  }
  dijkstra(source) {
    const distances = Object.fromEntries([...this.adjacency.keys()].map((node) => [node, Infinity]));
    const previous = {};
    distances[source] = 0;
    const open = new Set(this.adjacency.keys());
    while (open.size) {
      const current = [...open].reduce((a, b) => (distances[b] < distances[a] ? b : a));
      open.delete(current);
      for (const { node, weight } of this.adjacency.get(current)) {
        const distance = distances[current] + weight;
        if (distance < distances[node]) {
          distances[node] = distance;
          previous[node] = current;
        }
      }
    }
    return { distances, previous };
  }
  path(from, to) {
    const { distances, previous } = this.dijkstra(from);
    const path = [to];
    while (path[0] !== from && previous[path[0]]) path.unshift(previous[path[0]]);
    return distances[to] === Infinity ? null : { path, distance: distances[to] };
  }
  topologicalSort() {
    const inDegree = new Map([...this.adjacency.keys()].map((n) => [n, 0]));
    for (const edges of this.adjacency.values()) edges.forEach(({ node }) => inDegree.set(node, inDegree.get(node) + 1));
    const ready = [...inDegree].filter(([, n]) => n === 0).map(([node]) => node);
    const order = [];
    while (ready.length) {
      const node = ready.shift();
      order.push(node);
      for (const { node: next } of this.adjacency.get(node)) {
        inDegree.set(next, inDegree.get(next) - 1);
        if (!inDegree.get(next)) ready.push(next);
      }
    }
    if (order.length < this.adjacency.size) throw new Error('Graph has a cycle');
    return order;
  }
}

const roads = new Graph();
[['A', 'B', 4], ['A', 'C', 2], ['B', 'C', 1], ['B', 'D', 5], ['C', 'D', 8], ['C', 'E', 10], ['D', 'E', 2], ['X', 'Y', 1]].forEach(([a, b, w]) => roads.addEdge(a, b, w));
console.log('BFS:', roads.bfs('A').join(' -> '));
console.log('DFS:', roads.dfs('A').join(' -> '));
console.log(roads.dijkstra('A').distances);
console.log(roads.path('A', 'E'), roads.path('A', 'X'));
console.log(roads);

const tasks = new Graph(true).addEdge('plan', 'code').addEdge('code', 'test').addEdge('plan', 'docs').addEdge('test', 'release').addEdge('docs', 'release');
console.log(tasks.topologicalSort());
try {
  tasks.addEdge('release', 'plan').topologicalSort();
} catch (error) {
  console.log(error.message);
}
