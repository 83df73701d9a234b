import fs from 'node:fs';
import readline from 'node:readline';

interface Order { month: string; region: string; cents: number }

function parse(line: string): Order {
  const [, date, region, , quantity, price] = line.split(',');
  return { month: date.slice(0, 7), region, cents: Number(quantity) * Math.round(Number(price) * 100) };
}

const lines = readline.createInterface({ input: fs.createReadStream('orders.csv') });
const orders: Order[] = [];
for await (const line of lines) if (!line.startsWith('order_id')) orders.push(parse(line));

const money = (cents: number) => (cents / 100).toLocaleString('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 });
const byRegion = Object.groupBy(orders, (order) => order.region) as Record<string, Order[]>;
const sum = (some: Order[]) => some.reduce((cents, order) => cents + order.cents, 0);
const rows = Object.entries(byRegion).sort(([a], [b]) => a.localeCompare(b));
console.table(rows.map(([region, some]) => ({ region, orders: some.length, revenue: money(sum(some)) })));
fs.writeFileSync('regions.json', JSON.stringify(Object.fromEntries(rows.map(([region, some]) => [region, sum(some)])), null, 2));
