// task: Generate permutations, combinations, subsets and partitions with recursion and generators; solve subset sum and scheduling.
function* permutations(items, n = items.length) {
  if (n <= 1) yield items.slice();
  else {
    for (let i = 0; i < n; i++) {
      yield* permutations(items, n - 1);
      const j = n % 2 ? 0 : i;
      [items[n - 1], items[j]] = [items[j], items[n - 1]];
    }
  }
}
function* combinations(items, k, start = 0, chosen = []) {
  if (chosen.length === k) {
    yield chosen;
    return;
  }
  for (let i = start; i <= items.length - (k - chosen.length); i++) yield* combinations(items, k, i + 1, [...chosen, items[i]]);
}
const powerSet = (items) => items.reduce((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]]);
const product = (...lists) => lists.reduce((all, list) => all.flatMap((head) => list.map((item) => [...head, item])), [[]]);
const factorial = (n) => (n <= 1n ? 1n : n * factorial(n - 1n));
const choose = (n, k) => Number(factorial(BigInt(n)) / (factorial(BigInt(k)) * factorial(BigInt(n - k))));

console.log([...permutations(['a', 'b', 'c'])].map((p) => p.join('')).sort());
console.log([...combinations([1, 2, 3, 4], 2)]);
console.log(powerSet(['x', 'y', 'z']));
console.log(product([0, 1], ['a', 'b']), product([1, 2], [3], []).length);
console.log(choose(52, 5), factorial(25n), String(factorial(30n)).length);

const countIf = (iterable, test) => {
  let n = 0;
  for (const item of iterable) if (test(item)) n++;
  return n;
};
console.log('derangements of 6:', countIf(permutations([0, 1, 2, 3, 4, 5]), (p) => p.every((x, i) => x !== i)));
console.log('poker pairs:', countIf(combinations(Array.from({ length: 16 }, (_, i) => i % 4), 3), ([a, b, c]) => new Set([a, b, c]).size === 2));

function subsetSum(numbers, target) {
  const search = (i, rest) => {
    if (rest === 0) return [];
    if (i === numbers.length || rest < 0) return null;
    const taken = search(i + 1, rest - numbers[i]);
    return taken ? [numbers[i], ...taken] : search(i + 1, rest);
  };
  return search(0, target);
}
console.log(subsetSum([3, 34, 4, 12, 5, 2], 9), subsetSum([3, 34, 4], 6));

function* partitions(n, max = n) {
  if (n === 0) yield [];
  for (let first = Math.min(n, max); first >= 1; first--) for (const rest of partitions(n - first, first)) yield [first, ...rest];
}
console.log([...partitions(5)].map((p) => p.join('+')));
const brackets = (n, open = 0, close = 0, text = '') => (text.length === 2 * n ? [text] : [...(open < n ? brackets(n, open + 1, close, `${text}(`) : []), ...(close < open ? brackets(n, open, close + 1, `${text})`) : [])]);
console.log(brackets(3));
const hanoi = (n, from = 'A', to = 'C', via = 'B') => (n === 0 ? [] : [...hanoi(n - 1, from, via, to), `${from}${to}`, ...hanoi(n - 1, via, to, from)]);
console.log(hanoi(3).join(' '), hanoi(10).length);
const ackermann = (m, n) => (m === 0 ? n + 1 : n === 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1)));
const collatz = (n, steps = 0) => (n === 1 ? steps : collatz(n % 2 ? 3 * n + 1 : n / 2, steps + 1));
const flatten = (list) => list.reduce((all, x) => (Array.isArray(x) ? [...all, ...flatten(x)] : [...all, x]), []);
console.log(ackermann(2, 3), collatz(27), flatten([1, [2, [3, [4, []]]], 5]), [1, [2, [3, [4]]]].flat(Infinity));
