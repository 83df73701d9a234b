// task: Implement matrix operations: multiply, transpose, determinant, inverse, solve, rotate, spiral and powers.
class Matrix {
  constructor(rows) { this.rows = rows; }
  static identity(n) { return new Matrix(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(i === j)))); }
  static of(...rows) { return new Matrix(rows); }
  get shape() { return [this.rows.length, this.rows[0].length]; }
  map(fn) { return new Matrix(this.rows.map((row, i) => row.map((x, j) => fn(x, i, j)))); }
  transpose() { return new Matrix(this.rows[0].map((_, j) => this.rows.map((row) => row[j]))); }
  times(other) {
    if (typeof other === 'number') return this.map((x) => x * other);
    const [, inner] = this.shape;
    if (inner !== other.shape[0]) throw new RangeError(`cannot multiply ${this.shape.join('x')} by ${other.shape.join('x')}`);
    const columns = other.transpose().rows;
    return new Matrix(this.rows.map((row) => columns.map((column) => row.reduce((sum, x, i) => sum + x * column[i], 0))));
  }
  power(n) {
    let [result, base] = [Matrix.identity(this.rows.length), this];
    for (; n > 0; n >>= 1, base = base.times(base)) if (n & 1) result = result.times(base);
    return result;
  }
  minor(row, column) { return new Matrix(this.rows.filter((_, i) => i !== row).map((r) => r.filter((_, j) => j !== column))); }
  get determinant() {
    const [first] = this.rows;
    return first.length === 1 ? first[0] : first.reduce((sum, x, j) => sum + (j % 2 ? -x : x) * this.minor(0, j).determinant, 0);
  }
  solve(right) {
    const n = this.rows.length;
    const a = this.rows.map((row, i) => [...row, ...right.rows[i]]);
    for (let i = 0; i < n; i++) {
      let pivot = i;
      for (let k = i + 1; k < n; k++) if (Math.abs(a[k][i]) > Math.abs(a[pivot][i])) pivot = k;
      if (Math.abs(a[pivot][i]) < 1e-12) throw new Error('matrix is singular');
      [a[i], a[pivot]] = [a[pivot], a[i]];
      for (let k = 0; k < n; k++) {
        if (k === i) continue;
        const factor = a[k][i] / a[i][i];
        for (let j = i; j < a[k].length; j++) a[k][j] -= factor * a[i][j];
      }
    }
    return new Matrix(a.map((row, i) => row.slice(n).map((x) => x / row[i])));
  }
  inverse() { return this.solve(Matrix.identity(this.rows.length)); }
  toString() {
    const texts = this.rows.map((row) => row.map((x) => String(+x.toFixed(3))));
    const width = Math.max(...texts.flat().map((t) => t.length));
    return texts.map((row) => `[ ${row.map((t) => t.padStart(width)).join('  ')} ]`).join('\n');
  }
}
const a = Matrix.of([2, 1, -1], [-3, -1, 2], [-2, 1, 2]);
const b = Matrix.of([8], [-11], [-3]);
console.log(`${a}\n`);
console.log(String(a.transpose()));
console.log('det:', a.determinant, 'shape:', a.shape);
console.log(`solution:\n${a.solve(b)}`);
console.log(`inverse:\n${a.inverse()}`);
console.log(`check:\n${a.times(a.inverse()).map((x) => Math.round(x) + 0)}`);
console.log(Matrix.of([1, 1], [1, 0]).power(30).rows[0][1], Matrix.of([1, 2, 3]).times(Matrix.of([4], [5], [6])).rows);
for (const bad of [() => a.times(Matrix.of([1, 2])), () => Matrix.of([1, 2], [2, 4]).inverse()]) {
  try { bad(); } catch (error) { console.log(error.constructor.name, '-', error.message); }
}
const rotate = (grid) => grid[0].map((_, j) => grid.map((row) => row[j]).reverse());
const spiral = (grid) => (grid.length && grid[0].length ? [...grid[0], ...(grid.length > 1 ? spiral(rotate(rotate(rotate(grid.slice(1))))) : [])] : []);
const grid = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]];
console.log(rotate(grid), spiral([[1, 2, 3], [4, 5, 6], [7, 8, 9]].map((r) => r)).join(' '));
console.log(grid.flat().reduce((x, y) => x + y), grid.map((row) => Math.max(...row)), grid.flatMap((row) => row.filter((x) => x % 2)), JSON.stringify(grid));
console.log(a, [[1.5, 2], [3, 4.25]], new Array(3).fill().map(() => new Array(3).fill(0)));
