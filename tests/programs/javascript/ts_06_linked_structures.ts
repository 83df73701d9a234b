// task: Implement a generic linked list, stack, queue and binary search tree in TypeScript.
interface ListNode<T> { value: T; next: ListNode<T> | null }
class LinkedList<T> implements Iterable<T> {
  private head: ListNode<T> | null = null;
  private tail: ListNode<T> | null = null;
  private _length = 0;
  static from<U>(items: Iterable<U>): LinkedList<U> {
    const list = new LinkedList<U>();
    for (const item of items) list.append(item);
    return list;
  }
  get length(): number { return this._length; }
  append(value: T): this {
    const node: ListNode<T> = { value, next: null };
    if (this.tail) this.tail.next = node;
    else this.head = node;
    this.tail = node;
    this._length++;
    return this;
  }
  reverse(): this {
    let previous: ListNode<T> | null = null;
    this.tail = this.head;
    for (let node = this.head; node;) {
      const next: ListNode<T> | null = node.next;
      node.next = previous;
      [previous, node] = [node, next];
    }
    this.head = previous;
    return this;
  }
  map<U>(fn: (value: T, index: number) => U): LinkedList<U> {
    let i = 0;
    return LinkedList.from(Array.from(this, (value) => fn(value, i++)));
  }
  *[Symbol.iterator](): IterableIterator<T> { for (let node = this.head; node; node = node.next) yield node.value; }
  toString(): string { return [...this].join(' -> '); }
}
type Comparator<T> = (a: T, b: T) => number;
class TreeNode<K, V> { left?: TreeNode<K, V>; right?: TreeNode<K, V>; constructor(public key: K, public value: V) {} }
class TreeMap<K, V = K> {
  private root?: TreeNode<K, V>;
  constructor(private readonly compare: Comparator<K> = (a, b) => (a < b ? -1 : a > b ? 1 : 0)) {}
  set(key: K, value: V): this {
    const insert = (node: TreeNode<K, V> | undefined): TreeNode<K, V> => {
      if (!node) return new TreeNode(key, value);
      const order = this.compare(key, node.key);
      if (order === 0) node.value = value;
      else if (order < 0) node.left = insert(node.left);
      else node.right = insert(node.right);
      return node;
    };
    this.root = insert(this.root);
    return this;
  }
  get(key: K): V | undefined {
    let node = this.root;
    while (node) {
      const order = this.compare(key, node.key);
      if (order === 0) return node.value;
      node = order < 0 ? node.left : node.right;
    }
    return undefined;
  }
  *entries(node = this.root): Generator<[K, V], void, undefined> {
    if (!node) return;
    yield* this.entriesOf(node.left);
    yield [node.key, node.value];
    yield* this.entriesOf(node.right);
  }
  private *entriesOf(node?: TreeNode<K, V>): Generator<[K, V], void, undefined> { if (node) yield* this.entries(node); }
  get height(): number {
    const depth = (node?: TreeNode<K, V>): number => (node ? 1 + Math.max(depth(node.left), depth(node.right)) : 0);
    return depth(this.root);
  }
}
const list = LinkedList.from([1, 2, 3]).append(4);
console.log(`${list}`, list.length, `${list.reverse()}`, `${list.map((n, i) => n * i)}`, Math.max(...list));
const map = new TreeMap<string, number>();
for (const [i, word] of 'the quick brown fox jumps over the lazy dog'.split(' ').entries()) map.set(word, i);
console.log([...map.entries()].map(([k, v]) => `${k}=${v}`).join(' '), map.get('fox'), map.get('cat'), map.height);
console.log([...new TreeMap<number>((a, b) => b - a).set(1, 1).set(3, 3).set(2, 2).entries()], LinkedList.from('ab'));
