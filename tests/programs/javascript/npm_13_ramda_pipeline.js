// task: Compose functions with Ramda.
const R = require('ramda');

const people = [{ name: 'Ann', age: 34, langs: ['js', 'py'] }, { name: 'Bob', age: 25, langs: ['rs'] }, { name: 'Cat', age: 41, langs: ['js'] }];
const names = R.pipe(R.filter(R.propSatisfies(R.gte(R.__, 30), 'age')), R.sortBy(R.prop('age')), R.map(R.prop('name')));
console.log(names(people));
console.log(R.countBy(R.identity, R.chain(R.prop('langs'), people)));
console.log(R.assocPath(['a', 'b', 'c'], 1, {}), R.path(['langs', 0], people[1]), R.mean(R.pluck('age', people)));
console.log(R.transpose([[1, 2, 3], [4, 5, 6]]), R.zipObj(['x', 'y'], [1, 2]), R.equals({ a: [1] }, { a: [1] }));
const add3 = R.curry((a, b, c) => a + b + c);
console.log(add3(1)(2)(3), add3(1, 2)(3), R.compose(R.toUpper, R.reverse)('olleh'));
