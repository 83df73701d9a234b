// task: Use Proxy and Reflect for validation, default values, negative indices, change tracking, and deep freezing.
const validator = (schema) => new Proxy({}, {
  set(target, key, value) {
    const check = schema[key];
    if (!check) throw new TypeError(`unknown property ${String(key)}`);
    if (!check(value)) throw new TypeError(`invalid value for ${key}: ${JSON.stringify(value)}`);
    return Reflect.set(target, key, value);
  },
});
const person = validator({ name: (v) => typeof v === 'string' && v.length > 0, age: (v) => Number.isInteger(v) && v >= 0 });
person.name = 'Ann';
person.age = 30;
for (const [key, value] of [['age', -1], ['email', 'x']]) {
  try {
    person[key] = value;
  } catch (error) {
    console.log(error.message);
  }
}
console.log(person, { ...person });

const withDefault = (object, fallback) => new Proxy(object, { get: (target, key) => (key in target ? target[key] : fallback) });
const counts = withDefault({}, 0);
for (const c of 'mississippi') counts[c] += 1;
console.log(Object.entries(counts));
const negative = (list) => new Proxy(list, { get: (target, key, receiver) => Reflect.get(target, typeof key === 'string' && /^-\d+$/.test(key) ? target.length + Number(key) : key, receiver) });
const letters = negative(['a', 'b', 'c']);
console.log(letters[-1], letters[0], letters.length, letters.map((x) => x + x));

function track(object, onChange, path = []) {
  return new Proxy(object, {
    get(target, key) {
      const value = Reflect.get(target, key);
      return typeof value === 'object' && value !== null ? track(value, onChange, [...path, key]) : value;
    },
    set(target, key, value) {
      onChange([...path, key].join('.'), target[key], value);
      return Reflect.set(target, key, value);
    },
    deleteProperty(target, key) {
      onChange([...path, key].join('.'), target[key], undefined);
      return Reflect.deleteProperty(target, key);
    },
  });
}
const state = track({ user: { name: 'Bo', tags: [] }, n: 1 }, (path, from, to) => console.log(`${path}: ${JSON.stringify(from)} -> ${JSON.stringify(to)}`));
state.n++;
state.user.name = 'Bob';
state.user.tags.push('new');
delete state.user.name;
console.log('user' in state, Reflect.ownKeys(state), Object.keys(state.user));

const deepFreeze = (object) => {
  Object.values(object).forEach((value) => typeof value === 'object' && value !== null && deepFreeze(value));
  return Object.freeze(object);
};
const config = deepFreeze({ db: { port: 1 } });
config.db.port = 2;
console.log(config.db.port, Object.isFrozen(config.db), Object.isSealed(config));
const traced = new Proxy(Math.max, { apply: (fn, self, args) => `${fn.name}(${args}) = ${Reflect.apply(fn, self, args)}`, construct: () => ({ made: true }) });
console.log(traced(1, 5, 3), Reflect.has({ a: 1 }, 'a'), Reflect.construct(Date, [0]).getTime());
const hidden = Object.defineProperties({ shown: 1 }, { secret: { value: 2, enumerable: false }, computed: { get: () => 3, enumerable: true } });
console.log(hidden, Object.keys(hidden), hidden.secret, JSON.stringify(hidden), Object.getOwnPropertyDescriptor(hidden, 'secret'));
const { proxy, revoke } = Proxy.revocable({ a: 1 }, {});
console.log(proxy.a, revoke(), (() => { try { return proxy.a; } catch (e) { return e.name; } })());
const weak = new WeakMap([[person, 'meta']]);
console.log(weak.get(person), weak.has({}), new WeakSet([config]).has(config), Symbol.for('k') === Symbol.for('k'), Symbol('d').description);
