// task: Use generators and iterators: lazy pipelines, infinite sequences, two-way communication, trees and async generators.
function* range(start, end = Infinity, step = 1) {
  for (let n = start; n < end; n += step) yield n;
}
const lazy = {
  *map(it, fn) { for (const x of it) yield fn(x); },
  *filter(it, fn) { for (const x of it) if (fn(x)) yield x; },
  *take(it, n) { if (n <= 0) return; for (const x of it) { yield x; if (--n <= 0) return; } },
  *zip(...its) {
    const iterators = its.map((it) => it[Symbol.iterator]());
    for (;;) {
      const results = iterators.map((it) => it.next());
      if (results.some(({ done }) => done)) return;
      yield results.map(({ value }) => value);
    }
  },
};
const pipe = (value, ...fns) => fns.reduce((acc, fn) => fn(acc), value);
console.log(pipe(range(1), (it) => lazy.filter(it, (n) => n % 3 === 0), (it) => lazy.map(it, (n) => n * n), (it) => lazy.take(it, 4), (it) => [...it]));
console.log([...lazy.zip('abc', range(1), [true, false])]);

function* fibonacci() {
  let [a, b] = [0, 1];
  while (true) {
    const reset = yield a;
    [a, b] = reset ? [0, 1] : [b, a + b];
  }
}
const fib = fibonacci();
console.log(Array.from({ length: 8 }, () => fib.next().value), fib.next(true).value, fib.next().value);

function* accumulator() {
  let total = 0;
  let count = 0;
  try {
    while (true) {
      total += yield count ? total / count : 0;
      count++;
    }
  } finally {
    console.log('closed after', count);
  }
}
const average = accumulator();
average.next();
console.log(average.next(10).value, average.next(20).value, average.return('bye'), average.next());

class Tree {
  constructor(value, left = null, right = null) { Object.assign(this, { value, left, right }); }
  static from(values) { return values.reduce((root, value) => (root ? root.insert(value) : new Tree(value)), null); }
  insert(value) {
    const side = value < this.value ? 'left' : 'right';
    if (this[side]) this[side].insert(value);
    else this[side] = new Tree(value);
    return this;
  }
  *[Symbol.iterator]() {
    if (this.left) yield* this.left;
    yield this.value;
    if (this.right) yield* this.right;
  }
}
const tree = Tree.from([50, 30, 70, 20, 40, 60]);
console.log([...tree], Math.max(...tree));
console.log(tree);

const iterable = { from: 1, to: 3, [Symbol.iterator]() { let n = this.from; return { next: () => (n <= this.to ? { value: n++, done: false } : { value: undefined, done: true }), return() { console.log('stopped'); return {}; } }; } };
for (const n of iterable) if (n === 2) break;
const [first, ...rest] = iterable;
console.log(first, rest, Object.fromEntries(new Map([['k', 1]])), [...'héy'].entries().next());

async function* ticker(n) {
  for (let i = 0; i < n; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield i;
  }
}
(async () => {
  for await (const tick of ticker(3)) console.log('tick', tick);
  for await (const x of [Promise.resolve('a'), 'b']) console.log(x);
  console.log(ticker(1), fib, (function* () {})().toString(), Object.prototype.toString.call(ticker));
})();
