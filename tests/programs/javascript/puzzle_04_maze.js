// task: Generate a maze with a seeded random generator, solve it with A*, and count the steps.
function mulberry32(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const random = mulberry32(2024);
const shuffle = (list) => {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
};

function generate(width, height) {
  const grid = Array.from({ length: height * 2 + 1 }, () => Array(width * 2 + 1).fill('#'));
  const stack = [[1, 1]];
  grid[1][1] = ' ';
  while (stack.length) {
    const [x, y] = stack.at(-1);
    const options = shuffle([[2, 0], [-2, 0], [0, 2], [0, -2]]).filter(([dx, dy]) => grid[y + dy]?.[x + dx] === '#');
    if (options.length === 0) {
      stack.pop();
      continue;
    }
    const [[dx, dy]] = options;
    grid[y + dy / 2][x + dx / 2] = ' ';
    grid[y + dy][x + dx] = ' ';
    stack.push([x + dx, y + dy]);
  }
  return grid;
}

function aStar(grid, start, goal) {
  const key = ([x, y]) => `${x},${y}`;
  const distance = ([x, y]) => Math.abs(goal[0] - x) + Math.abs(goal[1] - y);
  const open = [{ at: start, cost: 0, estimate: distance(start) }];
  const cameFrom = new Map();
  const costs = new Map([[key(start), 0]]);
  let visited = 0;
  while (open.length) {
    open.sort((a, b) => a.estimate - b.estimate || b.cost - a.cost);
    const { at, cost } = open.shift();
    visited++;
    if (key(at) === key(goal)) {
      const path = [at];
      while (cameFrom.has(key(path[0]))) path.unshift(cameFrom.get(key(path[0])));
      return { path, visited };
    }
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      const next = [at[0] + dx, at[1] + dy];
      if (grid[next[1]]?.[next[0]] !== ' ' || (costs.get(key(next)) ?? Infinity) <= cost + 1) continue;
      costs.set(key(next), cost + 1);
      cameFrom.set(key(next), at);
      open.push({ at: next, cost: cost + 1, estimate: cost + 1 + distance(next) });
    }
  }
  return null;
}
const maze = generate(12, 6);
console.log(maze.map((row) => row.join('')).join('\n'));
const { path, visited } = aStar(maze, [1, 1], [23, 11]);
console.log(`path of ${path.length - 1} steps, ${visited} cells visited`);
for (const [x, y] of path) maze[y][x] = '.';
console.log(maze.map((row) => row.join('').replaceAll('#', '█')).join('\n'));
console.log(Array.from({ length: 5 }, () => Math.floor(random() * 100)), aStar([['#']], [0, 0], [5, 5]));
