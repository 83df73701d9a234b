// task: Solve a sudoku with constraint propagation and backtracking, read from a file.
const fs = require('fs');
fs.writeFileSync('sudoku.txt', `53..7....
6..195...
.98....6.
8...6...3
4..8.3..1
7...2...6
.6....28.
...419..5
....8..79
`);
const board = fs.readFileSync('sudoku.txt', 'utf8').trim().split('\n').map((line) => [...line].map((c) => (c === '.' ? 0 : Number(c))));

const candidates = (grid, row, column) => {
  const used = new Set();
  for (let i = 0; i < 9; i++) {
    used.add(grid[row][i]);
    used.add(grid[i][column]);
    used.add(grid[3 * Math.floor(row / 3) + Math.floor(i / 3)][3 * Math.floor(column / 3) + (i % 3)]);
  }
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((n) => !used.has(n));
};

let steps = 0;
function solve(grid) {
  steps++;
  let best = null;
  for (let row = 0; row < 9; row++) {
    for (let column = 0; column < 9; column++) {
      if (grid[row][column] !== 0) continue;
      const options = candidates(grid, row, column);
      if (!best || options.length < best.options.length) best = { row, column, options };
    }
  }
  if (best === null) return true;
  for (const value of best.options) {
    grid[best.row][best.column] = value;
    if (solve(grid)) return true;
    grid[best.row][best.column] = 0;
  }
  return false;
}

function print(grid) {
  grid.forEach((row, i) => {
    if (i % 3 === 0) console.log('+-------+-------+-------+');
    console.log(`| ${[0, 3, 6].map((start) => row.slice(start, start + 3).map((n) => n || '.').join(' ')).join(' | ')} |`);
  });
  console.log('+-------+-------+-------+');
}

print(board);
console.log('empty cells:', board.flat().filter((n) => n === 0).length);
console.log('solved:', solve(board), 'steps:', steps);
print(board);
const isValid = (cells) => new Set(cells).size === 9;
console.log(board.every(isValid), board[0].every((_, j) => isValid(board.map((row) => row[j]))));
