// task: Group orders with underscore.
const _ = require('underscore');
console.log(_.groupBy([{ a: 1 }, { a: 2 }], 'a'));
