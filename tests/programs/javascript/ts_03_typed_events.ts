// task: Build a typed event emitter and a state store with generics, keyof, abstract classes and overloads.
type Events = { added: [item: string, count: number]; removed: [item: string]; cleared: [] };
type Handler<A extends unknown[]> = (...args: A) => void;

class TypedEmitter<E extends Record<string, unknown[]>> {
  #handlers: { [K in keyof E]?: Handler<E[K]>[] } = {};
  on<K extends keyof E>(name: K, handler: Handler<E[K]>): () => void {
    (this.#handlers[name] ??= []).push(handler);
    return () => { this.#handlers[name] = this.#handlers[name]!.filter((each) => each !== handler); };
  }
  protected emit<K extends keyof E>(name: K, ...args: E[K]): void {
    this.#handlers[name]?.forEach((handler) => handler(...args));
  }
}
class Cart extends TypedEmitter<Events> {
  private counts: Map<string, number> = new Map();
  declare readonly phantom: string;
  static readonly MAX = 3 as const;
  add(item: string, count: number = 1): this {
    const total = Math.min((this.counts.get(item) ?? 0) + count, Cart.MAX);
    this.counts.set(item, total);
    this.emit('added', item, total);
    return this;
  }
  remove(item: string): void {
    if (this.counts.delete(item)) this.emit('removed', item);
  }
  clear() { this.counts.clear(); this.emit('cleared'); }
}
const cart = new Cart();
const log: string[] = [];
const off = cart.on('added', (item, count) => log.push(`+${item}(${count})`));
cart.on('removed', (item) => log.push(`-${item}`));
cart.on('cleared', () => { log.push('cleared'); });
cart.add('tea').add('cup', 2).add('tea', 9).remove('cup');
off();
cart.add('pot').clear();
console.log(log.join(' '), Object.keys(cart), 'phantom' in cart);

abstract class Formatter<T> {
  abstract format(value: T): string;
  public all(values: readonly T[], separator: string = ', '): string { return values.map((v) => this.format(v)).join(separator); }
}
class Money extends Formatter<number> {
  constructor(private readonly symbol: string, private digits = 2) { super(); }
  override format(value: number): string { return `${this.symbol}${value.toFixed(this.digits)}`; }
}
console.log(new Money('$').all([1, 2.5]), new Money('¥', 0).format(99.6));

function combine(a: string, b: string): string;
function combine(a: number, b: number): number;
function combine(a: any, b: any): any { return a + b; }
console.log(combine('a', 'b'), combine(1, 2));
function pluck<T, K extends keyof T>(items: T[], key: K): T[K][] { return items.map((item) => item[key]); }
console.log(pluck([{ a: 1, b: 'x' }, { a: 2, b: 'y' }], 'b'));
const identity = <T,>(value: T): T => value;
console.log(identity<string>('id'), identity({ n: 1 } as const).n, [1, null, 3].filter((n): n is number => n !== null));
function assertIsString(value: unknown): asserts value is string { if (typeof value !== 'string') throw new TypeError('not a string'); }
try { assertIsString(5); } catch (e) { console.log(String(e)); }
