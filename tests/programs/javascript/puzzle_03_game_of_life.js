// task: Simulate Conway's Game of Life on a torus and detect still lifes, oscillators and gliders.
const parse = (text) => new Set(text.trim().split('\n').flatMap((line, y) => [...line.trim()].flatMap((c, x) => (c === '#' ? [`${x},${y}`] : []))));

function step(cells, [width, height]) {
  const neighbours = new Map();
  for (const cell of cells) {
    const [x, y] = cell.split(',').map(Number);
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        if (dx === 0 && dy === 0) continue;
        const key = `${(x + dx + width) % width},${(y + dy + height) % height}`;
        neighbours.set(key, (neighbours.get(key) || 0) + 1);
      }
    }
  }
  const next = new Set();
  for (const [key, count] of neighbours) if (count === 3 || (count === 2 && cells.has(key))) next.add(key);
  return next;
}
const show = (cells, [width, height]) => Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => (cells.has(`${x},${y}`) ? '█' : '·')).join('')).join('\n');
const fingerprint = (cells) => [...cells].sort().join(' ');
const normalise = (cells) => {
  const points = [...cells].map((cell) => cell.split(',').map(Number));
  const [minX, minY] = [0, 1].map((i) => Math.min(...points.map((p) => p[i])));
  return points.map(([x, y]) => `${x - minX},${y - minY}`).sort().join(' ');
};

const glider = parse('.#.\n..#\n###');
const size = [8, 6];
let cells = glider;
for (let generation = 0; generation <= 4; generation += 2) {
  console.log(`Generation ${generation}: ${cells.size} cells`);
  console.log(show(cells, size));
  cells = step(step(cells, size), size);
}

const patterns = { block: '##\n##', blinker: '###', toad: '.###\n###.', beehive: '.##.\n#..#\n.##.', glider: '.#.\n..#\n###', rPentomino: '.##\n##.\n.#.', lone: '#' };
for (const [name, text] of Object.entries(patterns)) {
  const board = [24, 24];
  let now = new Set([...parse(text)].map((cell) => cell.split(',').map((n) => Number(n) + 8).join()));
  const seen = [fingerprint(now)];
  const shapes = [normalise(now)];
  let result = 'chaotic for 12 generations';
  for (let n = 1; n <= 12; n++) {
    now = step(now, board);
    if (now.size === 0) {
      result = `dies after ${n}`;
      break;
    }
    const at = seen.indexOf(fingerprint(now));
    const shapeAt = shapes.indexOf(normalise(now));
    if (at >= 0) {
      result = n - at === 1 ? 'still life' : `oscillator of period ${n - at}`;
      break;
    }
    if (shapeAt >= 0) {
      result = `spaceship of period ${n - shapeAt}`;
      break;
    }
    seen.push(fingerprint(now));
    shapes.push(normalise(now));
  }
  console.log(name.padEnd(11), result);
}
