// task: Use Map, Set, typed arrays, Symbol keys, JSON and object methods in everyday ways.
const inventory = new Map([['apple', 3], ['pear', 5]]);
inventory.set('fig', 1).delete('pear');
for (const [name, n] of inventory) console.log(name, n);
inventory.forEach((n, name, map) => console.log(name, n, map.size));
console.log(inventory, [...inventory.keys()], inventory.has('pear'), Object.fromEntries(inventory), new Map(Object.entries({ a: 1 })));
const key = { id: 1 };
const objects = new Map([[key, 'by reference'], [NaN, 'nan'], ['1', 'text'], [1, 'number']]);
console.log(objects.get(key), objects.get({ id: 1 }), objects.get(NaN), objects.get(1), objects);

const a = new Set([1, 2, 3, 3]);
const b = new Set([2, 3, 4]);
console.log([...a].filter((x) => b.has(x)), new Set([...a, ...b]), [...a].filter((x) => !b.has(x)), a.size, new Set('hello'), new Set());
const tags = new Set();
for (const tag of ['x', 'y', 'x']) tags.add(tag);
console.log(tags, Array.from(tags, (t) => t.toUpperCase()), [...new Set([3, 1, 3])].sort());

const original = { a: 1, nested: { list: [1, 2, { deep: true }] }, when: new Date(0), re: /x/g, map: new Map([[1, { b: 2 }]]) };
const shallow = { ...original };
const deep = structuredClone(original);
deep.nested.list[2].deep = false;
shallow.nested.list[0] = 'changed';
console.log(original, deep);
console.log(JSON.stringify(original), JSON.parse(JSON.stringify({ d: new Date(0), u: undefined, f() {}, n: NaN, i: Infinity })));
console.log(JSON.stringify({ b: 1, a: [1, { c: 2 }] }, null, 2), JSON.stringify({ a: 1, b: 2 }, ['b']), JSON.stringify('he said "hi"\n'), JSON.stringify([undefined, () => {}, Symbol('x')]));
console.log(JSON.parse('{"a":[1,2,{"b":null}]}', (k, v) => (typeof v === 'number' ? v * 10 : v)), JSON.stringify({ toJSON: () => 'custom' }), JSON.stringify({ m: new Map([[1, 2]]), s: new Set([1]) }));

const user = { name: 'Ann', age: 30, email: 'a@x.org' };
const { name: alias, ...others } = user;
console.log(alias, others, Object.entries(user).map(([k, v]) => `${k}=${v}`).join('&'), Object.assign({}, user, { age: 31 }), 'age' in user, user.hasOwnProperty('x'));
const pick = (object, ...keys) => Object.fromEntries(keys.filter((k) => k in object).map((k) => [k, object[k]]));
const omit = (object, ...keys) => Object.fromEntries(Object.entries(object).filter(([k]) => !keys.includes(k)));
const invert = (object) => Object.fromEntries(Object.entries(object).map(([k, v]) => [v, k]));
console.log(pick(user, 'name', 'zip'), omit(user, 'age'), invert({ a: 1, b: 2 }), Object.keys({ b: 1, 2: 1, a: 1, 1: 1 }));
const isEqual = (x, y) => x === y || (typeof x === 'object' && typeof y === 'object' && x && y && Object.keys(x).length === Object.keys(y).length && Object.keys(x).every((k) => isEqual(x[k], y[k])));
console.log(isEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), isEqual({ a: 1 }, { a: 2 }), require('util').isDeepStrictEqual(new Set([1]), new Set([1])));
const bits = new Uint8Array(4).map((_, i) => i ** 2);
console.log(bits, bits.reduce((x, y) => x + y), Array.from(bits), new Uint16Array([65536, -1]), bits.subarray(1, 3), Float64Array.from({ length: 2 }, (_, i) => i / 2));
console.log([..."abc"].map((c, i, { length }) => c + i + length), Array.from('ab', (c) => c + c), Array(3).fill(0), [...Array(3).keys()], [1, 2, 3].indexOf(4), [5, 1, 4].some((n) => n > 4), [].every(Boolean), ['a', 'b'].entries().next(), [1, 2, 3, 4, 5].copyWithin(0, 3), [1, 2, 3].lastIndexOf(3));
console.log([[3, 'c'], [1, 'a']].sort(), [1, 2, 3].splice(1, 1), [1, 2, 3].slice(-2), [1, [2]].concat([3], 4), [1, 2, 3].reverse(), ['x'].join(), [null, undefined, 1].join('-'), [1, 2, 3].fill(0, 1), [1, 2, 3, 4].findIndex((n) => n > 2), [0, 1, 2].filter(Boolean));
console.log([1.5, 2.25, 10, 100.125], ['a', 1, null, undefined, true], [[]], [{}], { e: [], o: {} }, [['a', 1], ['b', 2]], [function named() {}, class K {}, Symbol('s'), 10n, -0]);
console.log(Array.from({ length: 30 }, (_, i) => i * i), 'x'.repeat(120).length, { long: 'y'.repeat(70), other: 'z'.repeat(10) }, ['a'.repeat(40), 'b'.repeat(40)]);
