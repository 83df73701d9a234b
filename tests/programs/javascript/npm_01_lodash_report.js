// task: Summarise orders with lodash.
const _ = require('lodash');

const orders = [
  { id: 1, customer: 'Ann', city: 'Oslo', total: 120.5, items: ['pen', 'ink'] },
  { id: 2, customer: 'Bob', city: 'Rome', total: 80, items: ['pen'] },
  { id: 3, customer: 'Ann', city: 'Oslo', total: 42.25, items: ['paper', 'pen'] },
  { id: 4, customer: 'Cat', city: 'Rome', total: 300, items: ['desk'] },
];

const byCity = _(orders)
  .groupBy('city')
  .mapValues((rows) => ({ orders: rows.length, revenue: _.sumBy(rows, 'total'), best: _.maxBy(rows, 'total').customer }))
  .value();
console.log(byCity);
console.log(_.countBy(_.flatMap(orders, 'items')));
console.log(_.orderBy(orders, ['city', 'total'], ['asc', 'desc']).map((o) => o.id));
console.log(_.chunk(_.range(7), 3), _.camelCase('total revenue of_year'), _.startCase('fooBar'));
console.log(_.get(orders, '[2].items[1]'), _.get(orders, 'nope.a', 'none'), _.pick(orders[0], ['id', 'city']));
const deep = _.merge({ a: { b: 1 } }, { a: { c: [1, 2] } });
console.log(deep, _.isEqual(deep, _.cloneDeep(deep)), _.uniqBy(orders, 'customer').length);
console.log(_.template('Hello <%= name %>, you owe <%= _.round(sum, 1) %>')({ name: 'Bob', sum: 80.04, _ }));
