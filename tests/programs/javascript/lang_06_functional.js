// task: Functional programming helpers: compose, curry, memoize, debounce, immutable updates, Maybe and a reducer store.
const compose = (...fns) => (x) => fns.reduceRight((value, fn) => fn(value), x);
const pipe = (...fns) => (x) => fns.reduce((value, fn) => fn(value), x);
const curry = (fn) => function curried(...args) {
  return args.length >= fn.length ? fn.apply(this, args) : (...more) => curried.apply(this, [...args, ...more]);
};
const add = curry((a, b, c) => a + b + c);
console.log(add(1)(2)(3), add(1, 2)(3), compose((x) => x + 1, (x) => x * 2)(5), pipe((x) => x + 1, (x) => x * 2)(5));

const counter = (() => {
  let count = 0;
  return { increment: (by = 1) => (count += by), get value() { return count; }, reset() { count = 0; } };
})();
counter.increment();
counter.increment(5);
console.log(counter.value, counter);
const functions = [];
for (var i = 0; i < 3; i++) functions.push(() => i);
for (let j = 0; j < 3; j++) functions.push(() => j);
console.log(functions.map((f) => f()));

class Maybe {
  static of(value) { return new Maybe(value); }
  constructor(value) { this.value = value; }
  get isNothing() { return this.value == null; }
  map(fn) { return this.isNothing ? this : Maybe.of(fn(this.value)); }
  chain(fn) { return this.map(fn).value ?? Maybe.of(null); }
  getOrElse(other) { return this.isNothing ? other : this.value; }
}
const users = { ann: { address: { city: 'Oslo' } }, bob: {} };
const city = (name) => Maybe.of(users[name]).map((u) => u.address).map((a) => a.city).getOrElse('unknown');
console.log(['ann', 'bob', 'eve'].map(city), users.eve?.address?.city ?? 'none', users.bob.address?.['city'], users.ann.run?.());

const createStore = (reducer, state = reducer(undefined, {})) => {
  const listeners = new Set();
  return {
    getState: () => state,
    dispatch(action) { state = reducer(state, action); listeners.forEach((fn) => fn(state, action)); return action; },
    subscribe(fn) { listeners.add(fn); return () => listeners.delete(fn); },
  };
};
const todos = (state = { items: [], filter: 'all' }, { type, payload }) => {
  switch (type) {
    case 'add': return { ...state, items: [...state.items, { id: state.items.length + 1, text: payload, done: false }] };
    case 'toggle': return { ...state, items: state.items.map((item) => (item.id === payload ? { ...item, done: !item.done } : item)) };
    case 'remove': return { ...state, items: state.items.filter(({ id }) => id !== payload) };
    default: return state;
  }
};
const store = createStore(todos);
const unsubscribe = store.subscribe((state, { type }) => console.log(type, state.items.length, state.items.filter((t) => t.done).length));
store.dispatch({ type: 'add', payload: 'write tests' });
store.dispatch({ type: 'add', payload: 'run them' });
const before = store.getState();
store.dispatch({ type: 'toggle', payload: 2 });
unsubscribe();
store.dispatch({ type: 'remove', payload: 1 });
console.log(store.getState(), before.items[1].done, before !== store.getState());

const debounce = (fn, ms) => {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn(...args), ms);
  };
};
const save = debounce((text) => console.log('saved', text), 5);
['a', 'ab', 'abc'].forEach((text) => save(text));
const { a, b: { c = 'default', ...others } = {}, ...rest } = { a: 1, b: { d: 4, e: 5 }, f: 6, g: 7 };
console.log(a, c, others, rest, ((x, y = x * 2, ...z) => [x, y, z])(1, undefined, 3, 4), (function () { return arguments.length; })(1, 2));
const key = 'dyn';
console.log({ [`${key}Key`]: 1, [Symbol.iterator]: 2, method() {}, async later() {}, *gen() {}, get got() { return 1; } }, `${[1, 2]}`, `${{}}`, [] + {}, typeof null, void 0);
console.log([1, 2, 3, 4].reduce((acc, n, _, { length }) => acc + n / length, 0), [[1, 'a'], [2, 'b']].map(([n, s]) => s.repeat(n)), Object.entries({ x: 1 }).flat(), [3, 1, 2].toString(), [..."ab"].entries().next().value, Array.isArray([]), Array.of(7).fill(1), [1, 2, 3].includes(NaN), [NaN].includes(NaN), [NaN].indexOf(NaN));
label: for (const x of [1, 2, 3]) for (const y of [1, 2, 3]) { if (x * y === 4) { console.log('found', x, y); break label; } if (y > x) continue label; }
