// task: Solve classic dynamic programming problems: LCS, edit distance, knapsack, coin change, LIS, max subarray.
function lcs(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++) for (let j = 1; j <= b.length; j++) table[i][j] = a[i - 1] === b[j - 1] ? table[i - 1][j - 1] + 1 : Math.max(table[i - 1][j], table[i][j - 1]);
  let [i, j, result] = [a.length, b.length, ''];
  while (i && j) {
    if (a[i - 1] === b[j - 1]) { result = a[i - 1] + result; i--; j--; } else if (table[i - 1][j] >= table[i][j - 1]) i--;
    else j--;
  }
  return result;
}
function editDistance(a, b) {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
    row = next;
  }
  return row[b.length];
}
function knapsack(items, capacity) {
  const best = Array.from({ length: capacity + 1 }, () => ({ value: 0, names: [] }));
  for (const { name, weight, value } of items) {
    for (let c = capacity; c >= weight; c--) {
      const other = best[c - weight];
      if (other.value + value > best[c].value) best[c] = { value: other.value + value, names: [...other.names, name] };
    }
  }
  return best[capacity];
}
function coinChange(coins, amount) {
  const ways = [1, ...Array(amount).fill(0)];
  const fewest = [0, ...Array(amount).fill(Infinity)];
  for (const coin of coins) for (let n = coin; n <= amount; n++) {
    ways[n] += ways[n - coin];
    fewest[n] = Math.min(fewest[n], fewest[n - coin] + 1);
  }
  return { ways: ways[amount], fewest: fewest[amount] };
}
function longestIncreasing(list) {
  const length = list.map(() => 1);
  const from = list.map(() => -1);
  list.forEach((x, i) => {
    for (let j = 0; j < i; j++) if (list[j] < x && length[j] + 1 > length[i]) [length[i], from[i]] = [length[j] + 1, j];
  });
  const result = [];
  for (let at = length.indexOf(Math.max(...length)); at !== -1; at = from[at]) result.unshift(list[at]);
  return result;
}
const maxSubarray = (list) => list.reduce(([best, current], x) => {
  const here = Math.max(x, current + x);
  return [Math.max(best, here), here];
}, [-Infinity, 0])[0];

console.log(lcs('AGGTAB', 'GXTXAYB'), lcs('programming', 'gaming'), JSON.stringify(lcs('abc', 'xyz')));
console.log(editDistance('kitten', 'sitting'), editDistance('', 'abc'), editDistance('same', 'same'));
console.log(knapsack([{ name: 'map', weight: 9, value: 150 }, { name: 'water', weight: 153, value: 200 }, { name: 'tin', weight: 68, value: 45 }, { name: 'camera', weight: 32, value: 30 }, { name: 'sandwich', weight: 50, value: 160 }], 220));
console.log(coinChange([1, 2, 5, 10, 20, 50], 100), coinChange([5, 10], 3));
console.log(longestIncreasing([10, 9, 2, 5, 3, 7, 101, 18]), maxSubarray([-2, 1, -3, 4, -1, 2, 1, -5, 4]));

const memo = (fn, cache = new Map()) => (...args) => {
  const key = args.join();
  if (!cache.has(key)) cache.set(key, fn(...args));
  return cache.get(key);
};
const fib = memo((n) => (n < 2 ? BigInt(n) : fib(n - 1) + fib(n - 2)));
const paths = memo((r, c) => (r === 1 || c === 1 ? 1 : paths(r - 1, c) + paths(r, c - 1)));
const partitions = memo((n, max) => (n === 0 ? 1 : n < 0 || max === 0 ? 0 : partitions(n - max, max) + partitions(n, max - 1)));
console.log(fib(100), paths(18, 6), partitions(50, 50));
const triangle = [...Array(6)].map((_, n) => [...Array(n + 1)].map((_, k) => paths(n - k + 1, k + 1)));
console.log(triangle.map((row) => row.join(' ').padStart(8 + row.join(' ').length / 2)).join('\n'));
