// task: Simulate 30 days of a shop's inventory with random demand, reorder points and a daily report written as CSV.
const fs = require('fs');

class Random {
  constructor(seed) { this.state = seed >>> 0; }
  next() {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state / 2 ** 32;
  }
  int(min, max) { return min + Math.floor(this.next() * (max - min + 1)); }
  pick(list) { return list[this.int(0, list.length - 1)]; }
  poisson(mean) {
    const limit = Math.exp(-mean);
    let k = 0;
    for (let p = this.next(); p > limit; p *= this.next()) k++;
    return k;
  }
}
const random = new Random(7);
const products = [
  { sku: 'TEA', price: 4.5, cost: 2, stock: 20, reorderAt: 10, batch: 30, demand: 4 },
  { sku: 'CUP', price: 12, cost: 7.25, stock: 15, reorderAt: 5, batch: 12, demand: 1.5 },
  { sku: 'POT', price: 35, cost: 20, stock: 3, reorderAt: 2, batch: 4, demand: 0.4 },
];
const orders = [];
const totals = { revenue: 0, cost: 0, sold: 0, lost: 0 };
const rows = [['day', ...products.map((p) => p.sku), 'revenue']];
for (let day = 1; day <= 30; day++) {
  for (const order of orders.filter((o) => o.arrives === day)) products.find((p) => p.sku === order.sku).stock += order.units;
  let revenue = 0;
  for (const product of products) {
    const demand = random.poisson(product.demand);
    const sold = Math.min(demand, product.stock);
    product.stock -= sold;
    revenue += sold * product.price;
    totals.sold += sold;
    totals.lost += demand - sold;
    const isOrdered = orders.some((o) => o.sku === product.sku && o.arrives > day);
    if (product.stock <= product.reorderAt && !isOrdered) {
      orders.push({ sku: product.sku, units: product.batch, arrives: day + random.int(2, 4) });
      totals.cost += product.batch * product.cost;
    }
  }
  totals.revenue += revenue;
  rows.push([day, ...products.map((p) => p.stock), revenue.toFixed(2)]);
}
fs.writeFileSync('days.csv', rows.map((row) => row.join(',')).join('\n'));
console.log(fs.readFileSync('days.csv', 'utf8').split('\n').slice(0, 6).join('\n'));
console.log(totals, `profit ${(totals.revenue - totals.cost).toFixed(2)}`);
console.log('orders:', orders.length, orders.slice(0, 3));
console.log('service level:', `${((totals.sold / (totals.sold + totals.lost)) * 100).toFixed(1)}%`);
const best = rows.slice(1).reduce((a, b) => (+b.at(-1) > +a.at(-1) ? b : a));
console.log('best day:', best[0], best.at(-1));
const values = products.map(({ sku, stock, cost }) => ({ sku, value: stock * cost })).sort((a, b) => b.value - a.value);
console.table(values);
console.log([1, 2, 3].map(() => random.pick(['a', 'b', 'c'])), Array.from({ length: 3 }, () => +random.next().toFixed(6)));
