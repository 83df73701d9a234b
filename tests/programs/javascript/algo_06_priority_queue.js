// task: Implement a binary heap priority queue and use it for merging lists, a running median, Huffman coding and top-k.
class PriorityQueue {
  #heap = [];
  constructor(compare = (a, b) => a - b, items = []) {
    this.compare = compare;
    items.forEach((item) => this.push(item));
  }
  get size() { return this.#heap.length; }
  peek() { return this.#heap[0]; }
  push(item) {
    let i = this.#heap.push(item) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.compare(this.#heap[i], this.#heap[parent]) >= 0) break;
      [this.#heap[i], this.#heap[parent]] = [this.#heap[parent], this.#heap[i]];
      i = parent;
    }
    return this;
  }
  pop() {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (this.#heap.length === 0) return top;
    this.#heap[0] = last;
    for (let i = 0; ;) {
      let best = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < this.size && this.compare(this.#heap[child], this.#heap[best]) < 0) best = child;
      if (best === i) return top;
      [this.#heap[i], this.#heap[best]] = [this.#heap[best], this.#heap[i]];
      i = best;
    }
  }
  *drain() { while (this.size) yield this.pop(); }
}
console.log([...new PriorityQueue(undefined, [5, 2, 8, 1, 9, 3]).drain()], new PriorityQueue().pop());

function mergeSorted(...lists) {
  const queue = new PriorityQueue((a, b) => a.value - b.value);
  lists.forEach((list, i) => list.length && queue.push({ value: list[0], list: i, at: 0 }));
  const merged = [];
  while (queue.size) {
    const { value, list, at } = queue.pop();
    merged.push(value);
    if (at + 1 < lists[list].length) queue.push({ value: lists[list][at + 1], list, at: at + 1 });
  }
  return merged;
}
console.log(mergeSorted([1, 4, 7], [2, 5, 8], [], [0, 9]).join(','));

class RunningMedian {
  low = new PriorityQueue((a, b) => b - a);
  high = new PriorityQueue();
  add(x) {
    (this.low.size && x > this.low.peek() ? this.high : this.low).push(x);
    if (this.low.size > this.high.size + 1) this.high.push(this.low.pop());
    if (this.high.size > this.low.size) this.low.push(this.high.pop());
    return this.low.size > this.high.size ? this.low.peek() : (this.low.peek() + this.high.peek()) / 2;
  }
}
const median = new RunningMedian();
console.log([5, 15, 1, 3, 8].map((x) => median.add(x)));

function huffman(text) {
  const counts = new Map();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let order = 0;
  const queue = new PriorityQueue((a, b) => a.weight - b.weight || a.order - b.order, [...counts].map(([char, weight]) => ({ char, weight, order: order++ })));
  while (queue.size > 1) {
    const [left, right] = [queue.pop(), queue.pop()];
    queue.push({ left, right, weight: left.weight + right.weight, order: order++ });
  }
  const codes = {};
  (function walk(node, code) {
    if (node.char !== undefined) codes[node.char] = code || '0';
    else { walk(node.left, `${code}0`); walk(node.right, `${code}1`); }
  })(queue.pop(), '');
  return codes;
}
const text = 'abracadabra alakazam';
const codes = huffman(text);
const bits = [...text].map((c) => codes[c]).join('');
const decoded = [...bits].reduce(({ out, code }, bit) => {
  const found = Object.entries(codes).find(([, value]) => value === code + bit);
  return found ? { out: out + found[0], code: '' } : { out, code: code + bit };
}, { out: '', code: '' }).out;
console.log(codes, bits.length, `${((1 - bits.length / (text.length * 8)) * 100).toFixed(1)}% saved`, decoded === text);
const jobs = [{ name: 'backup', priority: 3 }, { name: 'alert', priority: 1 }, { name: 'mail', priority: 2 }, { name: 'report', priority: 2 }];
console.log([...new PriorityQueue((a, b) => a.priority - b.priority || a.name.localeCompare(b.name), jobs).drain()].map(({ name }) => name));
