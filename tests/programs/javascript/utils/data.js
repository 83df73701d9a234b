// task: Group, sort, filter and split lists of records without a library.
import { groupBy, filterBy, mapItems, sortBy, unique, chunk } from 'sandbox-utils';

const people = [
  { name: 'Ann', age: 31, city: 'Oslo' }, { name: 'Bob', age: 25, city: 'Rome' },
  { name: 'Cid', age: 31, city: 'Rome' }, { name: 'Dee', city: 'Oslo' },
];
console.log(groupBy(people, 'city'));
console.log(groupBy([1, 2, 3, 4], (n) => (n % 2 === 0 ? 'even' : 'odd')));
console.log(groupBy(new Set(['__proto__', 'x']), (text) => text));
console.log(filterBy(people, (person) => person.age > 30).map(({ name }) => name), filterBy('hello', (char, index) => index % 2 === 0));
console.log(mapItems(['a', 'b'], (text) => text.toUpperCase()), mapItems(new Map([['k', 1]]), ([key, value]) => key + value), mapItems(['1', '2', '3'], parseInt));
console.log(sortBy(people, 'age').map(({ name }) => name), sortBy(people, 'age', true).map(({ name }) => name));
console.log(sortBy(people, ['city', 'name'], { reverse: true }).map(({ name }) => name));
console.log(sortBy([10, 9, 2, 33, 1], (n) => n), sortBy(['b', 'B', 'a', '10', '9'], (text) => text), sortBy([3, NaN, null, 1], (n) => n));
console.log(sortBy([new Date(20), new Date(10)], (date) => date).map(Number), sortBy([5n, 2n, 3], (n) => n));
console.log(unique([3, 1, 3, [1], [1], { a: 1, b: 2 }, { b: 2, a: 1 }, NaN, NaN, '3']));
console.log(sortBy([10, 9, 1]), groupBy(['a', 'b', 'a']), groupBy(people, ['city', 'age'])['Rome,31'].length);
console.log(unique(people, 'age').map(({ name }) => name), unique(['a', 'A', 'b'], (text) => text.toLowerCase()));
console.log(chunk([1, 2, 3, 4, 5], 2), chunk('abcd', 3), chunk([], 3));
for (const act of [() => chunk([1], 0), () => chunk([1], 1.5), () => sortBy([1], (n) => n, { reversed: true }), () => groupBy(5, 'a')]) {
  try {
    act();
    console.log('no error');
  } catch (error) {
    console.log(error.name, error instanceof RangeError ? error.message : '');
  }
}
const many = Array.from({ length: 2000 }, (_, i) => ({ id: i % 500, tag: ['x', i % 2] }));
console.log(unique(many).length, unique(many, ['tag', 'id']).length, Object.keys(groupBy(many, 'id')).length);
