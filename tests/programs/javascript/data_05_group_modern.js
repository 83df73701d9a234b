// task: Group and combine records with the newest built-in methods.
const inventory = [
  { name: 'asparagus', type: 'vegetables', quantity: 9 },
  { name: 'bananas', type: 'fruit', quantity: 5 },
  { name: 'goat', type: 'meat', quantity: 23 },
  { name: 'cherries', type: 'fruit', quantity: 12 },
  { name: 'fish', type: 'meat', quantity: 22 },
];

const byType = Object.groupBy(inventory, ({ type }) => type);
console.log(Object.keys(byType), byType.fruit.map((item) => item.name));
const restock = Map.groupBy(inventory, ({ quantity }) => (quantity < 10 ? 'restock' : 'enough'));
console.log(restock.get('restock').length, [...restock.keys()]);

const numbers = [5, 3, 8, 1];
console.log(numbers.toSorted((a, b) => a - b), numbers.toReversed(), numbers.with(1, 99), numbers.toSpliced(0, 2, 'x'), numbers);
console.log(numbers.findLast((n) => n > 4), numbers.findLastIndex((n) => n > 4), numbers.at(-1));

const odds = new Set([1, 3, 5, 7, 9]);
const squares = new Set([1, 4, 9]);
console.log(odds.intersection(squares), odds.union(squares).size, odds.difference(squares), odds.symmetricDifference(squares));
console.log(new Set([1, 9]).isSubsetOf(odds), odds.isDisjointFrom(new Set([2])));

function* naturals() {
  let n = 1;
  while (true) yield n++;
}
const evenSquares = naturals().filter((n) => n % 2 === 0).map((n) => n * n).take(5).toArray();
console.log(evenSquares, naturals().drop(3).take(3).reduce((a, b) => a + b));

const { promise, resolve } = Promise.withResolvers();
setTimeout(() => resolve('resolved'), 5);
promise.then(console.log);
Array.fromAsync([1, Promise.resolve(2), 3]).then((all) => console.log(all));
console.log('isWellFormed', 'ok'.isWellFormed(), Object.hasOwn({ a: 1 }, 'a'), structuredClone({ d: new Date(0) }));
