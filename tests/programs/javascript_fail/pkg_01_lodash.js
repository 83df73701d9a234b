// task: Group orders with lodash.
const _ = require('lodash');
console.log(_.groupBy([{ a: 1 }, { a: 2 }], 'a'));
