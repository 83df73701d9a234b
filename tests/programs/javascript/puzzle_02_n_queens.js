// task: Solve n queens with bit masks, a knight's tour with Warnsdorff's rule, and the river crossing puzzle with BFS.
function countQueens(n) {
  const all = (1 << n) - 1;
  const place = (columns, left, right) => {
    if (columns === all) return 1;
    let total = 0;
    for (let free = all & ~(columns | left | right); free; free &= free - 1) {
      const bit = free & -free;
      total += place(columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return total;
  };
  return place(0, 0, 0);
}
for (let n = 1; n <= 8; n++) console.log(`${n} queens: ${countQueens(n)}`);

function firstQueens(n, row = 0, columns = []) {
  if (row === n) return columns;
  for (let column = 0; column < n; column++) {
    if (columns.every((c, r) => c !== column && Math.abs(c - column) !== row - r)) {
      const found = firstQueens(n, row + 1, [...columns, column]);
      if (found) return found;
    }
  }
  return null;
}
const solution = firstQueens(8);
console.log(solution.map((column) => '. '.repeat(column) + 'Q ' + '. '.repeat(7 - column)).map((line) => line.trim()).join('\n'));

function knightsTour(size) {
  const moves = [[1, 2], [2, 1], [2, -1], [1, -2], [-1, -2], [-2, -1], [-2, 1], [-1, 2]];
  const board = Array.from({ length: size }, () => Array(size).fill(0));
  const next = (x, y) => moves.map(([dx, dy]) => [x + dx, y + dy]).filter(([a, b]) => board[a]?.[b] === 0);
  let [x, y] = [0, 0];
  for (let step = 1; ; step++) {
    board[x][y] = step;
    const options = next(x, y);
    if (options.length === 0) return { board, step };
    [x, y] = options.reduce((a, b) => (next(...b).length < next(...a).length ? b : a));
  }
}
const { board, step } = knightsTour(6);
console.log(step, 'of 36 squares');
console.log(board.map((row) => row.map((n) => String(n).padStart(3)).join('')).join('\n'));

function riverCrossing() {
  const items = ['wolf', 'goat', 'cabbage'];
  const isSafe = (bank) => !(bank.includes('goat') && (bank.includes('wolf') || bank.includes('cabbage')));
  const start = { left: items, boat: 'left', steps: [] };
  const queue = [start];
  const seen = new Set();
  while (queue.length) {
    const { left, boat, steps } = queue.shift();
    if (left.length === 0 && boat === 'right') return steps;
    const key = `${[...left].sort()}|${boat}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const here = boat === 'left' ? left : items.filter((item) => !left.includes(item));
    for (const cargo of [null, ...here]) {
      const nextLeft = boat === 'left' ? left.filter((item) => item !== cargo) : [...left, cargo].filter(Boolean);
      const alone = boat === 'left' ? nextLeft : items.filter((item) => !nextLeft.includes(item));
      if (isSafe(alone)) queue.push({ left: nextLeft, boat: boat === 'left' ? 'right' : 'left', steps: [...steps, `${cargo ?? 'nothing'} ${boat === 'left' ? '->' : '<-'}`] });
    }
  }
}
console.log(riverCrossing());
